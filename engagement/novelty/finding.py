"""From a few weeks' creations to cards: the whole way, as the weekly task and the benchmark go it. Pure: no Django."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engagement.novelty import clustering, mixing
from engagement.novelty.representing import Points, points, unit
from engagement.novelty.strange import strangeness
from engagement.novelty.words import telling

SHOWN = 30  # creations of a card that a person sees
MOST = 6000  # strange creations that are looked at; more are drawn from by chance
SEED = 7


@dataclass(frozen=True)
class Window:
    """`texts` of n creations, their `vectors` (n, dim), probabilities `p` (n, themes) of `slugs`; NaN: not looked at.

    `sure`: the probability from which a theme explains a creation. `strange`: the strangeness above which none does.
    """

    texts: Sequence[str]
    vectors: NDArray[np.floating]
    slugs: Sequence[str]
    p: NDArray[np.floating]
    sure: float
    strange: float


@dataclass(frozen=True)
class Found:
    """`rows` of the window, nearest to the middle first. `words`: with their z. `parents`: of a mix, else None."""

    rows: NDArray[np.intp]
    stability: float
    words: Sequence[tuple[str, float]]
    parents: tuple[str, str] | None


def discover(window: Window) -> list[Found]:
    """Cards, most stable first."""
    x, candidates = placed(window)
    found = []
    for group in clustering.groups(x):
        rows = candidates[group.rows]
        inside = set(rows.tolist())
        others = [text for i, text in enumerate(window.texts) if i not in inside]
        scores = [dict(zip(window.slugs, map(float, window.p[i]), strict=True)) for i in rows[:SHOWN]]
        words = telling([window.texts[i] for i in rows], others)
        found.append(Found(rows, group.stability, words, mixing.parents(scores)))
    return found


def placed(window: Window) -> tuple[Points, NDArray[np.intp]]:
    """(points of the strange ones, their rows). Points are laid by all creations, those that a theme explains too."""
    strange = strangeness(window.p)
    candidates = np.flatnonzero(strange > window.strange)
    if len(candidates) > MOST:
        candidates = np.sort(np.random.default_rng(SEED).choice(candidates, MOST, replace=False))
    best = np.where(np.isnan(window.p), -1.0, window.p)
    themes = [window.slugs[at] if top >= window.sure else "" for at, top in zip(best.argmax(1), best.max(1), strict=True)]
    return points(window.vectors, window.texts, themes)[candidates], candidates


def nearest(x: Points, groups: Sequence[NDArray[np.intp]]) -> NDArray[np.intp]:
    """(n,) the group whose middle is nearest in direction, for points that are in none too."""
    if not groups:
        return np.full(len(x), -1)
    middles = unit(np.stack([x[rows].mean(0) for rows in groups]))
    return np.asarray((unit(x) @ middles.T).argmax(1))
