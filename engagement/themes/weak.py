"""Labels from rules instead of people: what functions vote, how that is combined, and cleaned. Pure: no Django.

A function is a rule of one kind that votes for one theme or is silent. All functions of one kind are one labeller: how
far it can be trusted, and what it takes for what, is estimated from how it agrees with the other kinds (Dawid and
Skene, as for people: featurestore.labels.reliability).
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engagement.themes.lexicon import Lexicon, folded
from featurestore.labels.reliability import dawid_skene

KINDS = ("hashtag", "keyword", "regex", "character", "declared")


@dataclass(frozen=True)
class Example:
    """What functions look at. `declared`: the set or theme that its author named, "" for none."""

    text: str
    hashtags: tuple[str, ...] = ()
    declared: str = ""


@dataclass(frozen=True)
class Function:
    """`patterns`: hashtags, words, regular expressions, names, or declared sets, by `kind`. `theme`: its index."""

    name: str
    kind: str
    theme: int
    patterns: tuple[str, ...] = field(repr=False)


def fires(function: Function, examples: Sequence[Example]) -> NDArray[np.float32]:
    """(n,): how often it speaks up in each; 0 is silence."""
    if function.kind == "regex":
        rules = [re.compile(pattern, re.IGNORECASE) for pattern in function.patterns]
        return np.array([sum(bool(rule.search(e.text)) for rule in rules) for e in examples], np.float32)
    if function.kind in ("hashtag", "declared"):
        wanted = {folded(pattern).lstrip("#") for pattern in function.patterns}
        said = [e.hashtags if function.kind == "hashtag" else (e.declared,) for e in examples]
        return np.array([sum(folded(word).lstrip("#") in wanted for word in some) for some in said], np.float32)
    lexicon = Lexicon(((0, pattern) for pattern in function.patterns), 1)
    return np.array([len(lexicon.found(e.text)) for e in examples], np.float32)


def votes(functions: Sequence[Function], examples: Sequence[Example]) -> NDArray[np.float32]:
    """(n, functions)."""
    return np.stack([fires(function, examples) for function in functions], 1)


def preview(
    functions: Sequence[Function], fired: NDArray[np.float32], truth: NDArray[np.intp] | None = None
) -> list[dict[str, Any]]:
    """What each function would do: shares of the data that it covers, covers with others, and contradicts others on;
    its precision on what people labelled (`truth`: index of the theme, -1 where nobody did), and on how many."""
    spoke = fired > 0
    themes = np.array([function.theme for function in functions])
    rows = []
    for at, function in enumerate(functions):
        mine, others = spoke[:, at], np.delete(spoke, at, 1)
        against = others[:, np.delete(themes, at) != function.theme].any(1)
        known = mine & (truth >= 0) if truth is not None else np.zeros(len(fired), bool)
        rows.append(
            {
                "name": function.name,
                "coverage": float(mine.mean()),
                "overlaps": float((mine & others.any(1)).mean()),
                "conflicts": float((mine & against).mean()),
                "precision": float((truth[known] == function.theme).mean())
                if truth is not None and known.any()
                else None,
                "checked": int(known.sum()),
            }
        )
    return rows


def combined(functions: Sequence[Function], fired: NDArray[np.float32], themes: int) -> NDArray[np.float64]:
    """(n, themes): chance of each theme; rows of zeros where every function was silent."""
    kinds = sorted({function.kind for function in functions})
    found: list[tuple[NDArray[np.intp], int, NDArray[np.float64]]] = []
    for number, kind in enumerate(kinds):
        said = np.zeros((len(fired), themes))
        for at, function in enumerate(functions):
            if function.kind == kind:
                said[:, function.theme] += fired[:, at]
        spoke = np.flatnonzero(said.sum(1))
        found.append((spoke, number, said[spoke] / said[spoke].sum(1, keepdims=True)))
    spoken = np.unique(np.concatenate([spoke for spoke, _, _ in found]))
    chance = np.zeros((len(fired), themes))
    if len(spoken):
        feature = np.searchsorted(spoken, np.concatenate([spoke for spoke, _, _ in found]))
        voter = np.concatenate([np.full(len(spoke), number) for spoke, number, _ in found])
        vote = np.concatenate([vote for _, _, vote in found])
        chance[spoken] = dawid_skene(feature, voter, vote, len(spoken), len(kinds)).chance
    return chance


def likely_wrong(p: NDArray[np.float64], label: NDArray[np.intp]) -> tuple[NDArray[np.bool_], NDArray[np.intp]]:
    """(which labels are likely wrong, what they likely are), after confident learning: C. Northcutt, L. Jiang and
    I. Chuang, "Confident Learning: Estimating Uncertainty in Dataset Labels", 2021.

    `p`: probabilities of heads that had not seen the row. A theme is confidently said of a row when its probability
    reaches the mean that it has on the rows which bear its label. Wrong is a label off the diagonal of the confident
    joint: another theme is confidently said, and more so than the label's.
    """
    themes = p.shape[1]
    own = p[np.arange(len(p)), label]
    mean = np.array([own[label == theme].mean() if (label == theme).any() else np.inf for theme in range(themes)])
    sure = np.where(p >= mean, p, 0.0)
    likely = sure.argmax(1)
    return (sure.max(1) > 0) & (likely != label), likely


def agreement(functions: Sequence[Function], rows: Sequence[Mapping[str, Any]]) -> str:
    """A line for people: how many functions speak at all."""
    speaking = sum(row["coverage"] > 0 for row in rows)
    return f"{speaking} of {len(functions)} functions speak up in this data."
