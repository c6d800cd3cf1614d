"""Labels from rules instead of people: what functions vote, how that is combined, what is likely wrong. No Django.

A function is a rule of one kind that votes for one theme or is silent. Each of its patterns is a labeller of its own
that can say one thing only, and how often it is right is estimated from what the others say of the same texts: the
model of Dawid and Skene with one number a labeller, silence telling nothing.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from engagement.themes.lexicon import Lexicon, folded

KINDS = ("hashtag", "keyword", "regex", "character", "declared")
# How often a pattern is taken to be right before anything is known of it, and how many texts that belief is worth.
BELIEF = {"hashtag": 0.9, "declared": 0.9, "regex": 0.7, "character": 0.7, "keyword": 0.35}
WORTH = 10.0
ROUNDS = 2  # more of them let the commonest theme draw everything to itself


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
    patterns: tuple[str, ...]


@dataclass(frozen=True)
class Votes:
    """`fired` (examples, patterns): 1 where a pattern was found. `function`, `theme` (patterns,): whose, for what."""

    fired: csr_matrix
    function: NDArray[np.intp]
    theme: NDArray[np.intp]
    belief: NDArray[np.float64]


def votes(functions: Sequence[Function], examples: Sequence[Example]) -> Votes:
    """What every pattern says of every example; all words and names are looked for in one pass."""
    all_of = [(number, f.kind, f.theme, pattern) for number, f in enumerate(functions) for pattern in f.patterns]
    words = Lexicon(((at, p) for at, (_, kind, _, p) in enumerate(all_of) if kind in ("keyword", "character")), 0)
    rules = [(at, re.compile(p, re.IGNORECASE)) for at, (_, kind, _, p) in enumerate(all_of) if kind == "regex"]
    tags = _by_word(all_of, "hashtag")
    declared = _by_word(all_of, "declared")
    row, column = [], []
    for number, example in enumerate(examples):
        found = {at for some in words.found(example.text) for at in some}
        found |= {at for at, rule in rules if rule.search(example.text)}
        found |= {at for tag in example.hashtags for at in tags.get(_bare(tag), ())}
        found |= set(declared.get(_bare(example.declared), ()))
        column += sorted(found)
        row += [number] * len(found)
    fired = csr_matrix((np.ones(len(row)), (row, column)), shape=(len(examples), len(all_of)))
    return Votes(
        fired,
        np.array([number for number, _, _, _ in all_of], np.intp),
        np.array([theme for _, _, theme, _ in all_of], np.intp),
        np.array([BELIEF[kind] for _, kind, _, _ in all_of]),
    )


def _by_word(all_of: Sequence[tuple[int, str, int, str]], wanted: str) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for at, (_, kind, _, pattern) in enumerate(all_of):
        if kind == wanted:
            found.setdefault(_bare(pattern), []).append(at)
    return found


def _bare(word: str) -> str:
    return folded(word).lstrip("#").strip()


def preview(functions: Sequence[Function], said: Votes, truth: NDArray[np.intp] | None = None) -> list[dict[str, Any]]:
    """What each function would do: shares of the data that it covers, covers with others, and contradicts others on;
    its precision on what people labelled (`truth`: index of the theme, -1 where nobody did), and on how many."""
    owner = csr_matrix(
        (np.ones(len(said.function)), (np.arange(len(said.function)), said.function)),
        shape=(len(said.function), len(functions)),
    )
    spoke = (said.fired @ owner).toarray() > 0
    themes = np.array([function.theme for function in functions])
    rows = []
    for at, function in enumerate(functions):
        mine, others = spoke[:, at], np.delete(spoke, at, 1)
        against = others[:, np.delete(themes, at) != function.theme].any(1)
        known = mine & (truth >= 0) if truth is not None else np.zeros(len(spoke), bool)
        right = (truth[known] == function.theme).mean() if truth is not None and known.any() else None
        rows.append(
            {
                "name": function.name,
                "coverage": float(mine.mean()),
                "overlaps": float((mine & others.any(1)).mean()),
                "conflicts": float((mine & against).mean()),
                "precision": None if right is None else float(right),
                "checked": int(known.sum()),
            }
        )
    return rows


def combined(said: Votes, themes: int, rounds: int = ROUNDS) -> NDArray[np.float64]:
    """(n, themes): chance of each theme; rows of zeros where every function was silent.

    All themes are taken to be equally common: with estimated shares a common one wins wherever little is known.
    """
    vote = np.eye(themes)[said.theme]
    spoke = np.asarray(said.fired.sum(1)).ravel() > 0
    count = np.asarray(said.fired.sum(0)).ravel()
    trust = said.belief
    chance = np.zeros((said.fired.shape[0], themes))
    for _ in range(max(1, rounds)):
        odds = np.log(trust) - np.log((1 - trust) / max(1, themes - 1))
        evidence = said.fired.multiply(odds[None]) @ vote
        chance = np.exp(evidence - evidence.max(1, keepdims=True))
        chance /= chance.sum(1, keepdims=True)
        right = np.asarray((said.fired.T @ chance)[np.arange(len(said.theme)), said.theme]).ravel()
        trust = np.clip((right + said.belief * WORTH) / (count + WORTH), 1 / themes, 0.995)
    return np.where(spoke[:, None], chance, 0.0)


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
