"""What labelling functions say of texts: every pattern is a labeller of its own. No Django.

A word in what a thing is called ("Zane, Black Robes") says more than one in what is told of it, so a word is two
labellers, one for each place. Words of clothes, colours and bodies say nothing alone: they are told of anything.
"""

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from engagement.themes.lexicon import Lexicon, folded, tokens

KINDS = ("hashtag", "keyword", "regex", "character", "declared")
WORDS = ("keyword", "character")  # found as whole words, in what a thing is called or in what is told of it
# How often a pattern is taken to be right before anything is known of it.
BELIEF = {"hashtag": 0.9, "declared": 0.9, "regex": 0.7, "character": 0.93, "keyword": 0.45}
TOLD = {"character": 0.35, "keyword": 0.12}
ONE_WORD, TOLD_ONE_WORD = 0.8, 0.2  # of a name that is one word: others use it too
LEAST_TOLD, TOLD_LESS = 0.15, 0.5  # of patterns whose trust was declared
PLAIN = Path(__file__).parent / "rules" / "plain.txt"
_CALLED = re.compile(r",| - |\(| with | in | wearing ", re.IGNORECASE)


@dataclass(frozen=True)
class Example:
    """What functions look at. `declared`: the set or theme that its author named, "" for none."""

    text: str
    hashtags: tuple[str, ...] = ()
    declared: str = ""


@dataclass(frozen=True)
class Function:
    """`patterns`: hashtags, words, regular expressions, names, or declared sets, by `kind`. `theme`: its index.
    `trust`: how often a pattern is right, where whoever wrote it said so."""

    name: str
    kind: str
    theme: int
    patterns: tuple[str, ...]
    trust: float | None = None


@dataclass(frozen=True)
class Votes:
    """`fired` (examples, labellers): 1 where a pattern was found. `function`, `theme`, `belief` (labellers,): whose it
    is, what it says, and how far it is believed at first."""

    fired: csr_matrix
    function: NDArray[np.intp]
    theme: NDArray[np.intp]
    belief: NDArray[np.float64]

    def of(self, rows: NDArray[np.intp]) -> "Votes":
        """The same labellers about some of the examples."""
        return Votes(self.fired[rows], self.function, self.theme, self.belief)


@dataclass(frozen=True)
class _Pattern:
    function: int
    kind: str
    theme: int
    words: str
    belief: float
    told: float


def votes(functions: Sequence[Function], examples: Sequence[Example]) -> Votes:
    """What every pattern says of every example. Labeller n + i is pattern i where it is found in what is told."""
    every = _patterns(functions)
    n = len(every)
    words = Lexicon(((at, one.words) for at, one in enumerate(every) if one.kind in WORDS), 0)
    rules = [(at, re.compile(one.words, re.IGNORECASE)) for at, one in enumerate(every) if one.kind == "regex"]
    tags, declared = _by_word(every, "hashtag"), _by_word(every, "declared")
    row, column = [], []
    for number, example in enumerate(examples):
        called, told = cut(example.text)
        found = {at for some in words.found(called) for at in some}
        beside = {n + at for some in words.found(told) for at in some if at not in found}
        found |= {at for at, rule in rules if rule.search(example.text)}
        found |= {at for tag in example.hashtags for at in tags.get(_bare(tag), ())}
        found |= set(declared.get(_bare(example.declared), ())) | beside
        column += sorted(found)
        row += [number] * len(found)
    return Votes(
        csr_matrix((np.ones(len(row)), (row, column)), shape=(len(examples), 2 * n)),
        np.array([one.function for one in every] * 2, np.intp),
        np.array([one.theme for one in every] * 2, np.intp),
        np.array([one.belief for one in every] + [one.told for one in every], np.float64),
    )


def cut(text: str) -> tuple[str, str]:
    """(what it is called, what is told of it): the first ends at a comma, a dash, a bracket, "with" or "in"."""
    found = _CALLED.search(text)
    return (text[: found.start()], text[found.start() :]) if found and found.start() else (text, "")


@cache
def plain() -> frozenset[str]:
    """Words that are told of anything."""
    return frozenset(tokens(PLAIN.read_text(encoding="utf-8")))


def _patterns(functions: Sequence[Function]) -> list[_Pattern]:
    """Each function's, without what is plain and what the same theme says already. A word that several themes claim is
    believed less for each of them."""
    claims: dict[tuple[str, ...], set[int]] = defaultdict(set)
    for function in functions:
        if function.kind in WORDS:
            for pattern in function.patterns:
                claims[tuple(tokens(pattern))].add(function.theme)
    said: set[tuple[int, tuple[str, ...]]] = set()
    found = []
    for number, function in enumerate(functions):
        for pattern in dict.fromkeys(function.patterns):
            belief = told = BELIEF[function.kind] if function.trust is None else function.trust
            if function.kind in WORDS:
                row = tuple(tokens(pattern))
                if function.trust is not None:
                    told = max(LEAST_TOLD, function.trust - TOLD_LESS)
                elif (row and plain().issuperset(row)) or (function.theme, row) in said:
                    continue
                else:
                    said.add((function.theme, row))
                    belief, told = _believed(function.kind, len(row), len(claims[row]))
            found.append(_Pattern(number, function.kind, function.theme, pattern, belief, told))
    return found


def _believed(kind: str, words: int, themes: int) -> tuple[float, float]:
    single = kind == "character" and words <= 1
    belief = ONE_WORD if single else BELIEF[kind]
    told = TOLD_ONE_WORD if single else TOLD[kind]
    return belief / themes, told / themes


def _by_word(every: Sequence[_Pattern], wanted: str) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for at, one in enumerate(every):
        if one.kind == wanted:
            found.setdefault(_bare(one.words), []).append(at)
    return found


def _bare(word: str) -> str:
    return folded(word).lstrip("#").strip()
