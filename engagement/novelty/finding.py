"""From a few weeks' creations to cards: the whole way, as the weekly task and the benchmark go it. Pure: no Django."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from engagement.novelty import SHOWN, clustering, mixing
from engagement.novelty.representing import Points, points, unit
from engagement.novelty.strange import FALSE_ALARMS, Scores, real_share, strangeness, threshold
from engagement.novelty.words import telling
from engagement.themes.ground import Ground

CARDS = 24  # new ones a week: what a person can look at; those that are stablest
MOST = 6000  # strange creations that are looked at; more are drawn from by chance
GROUND = 400  # explained creations beside them, or half as many as the strange ones
NEW = 0.5  # share of a group that is strange; below, it is part of a known theme
SEED = 7


Placed = tuple[Points, NDArray[np.intp], NDArray[np.bool_]]


@dataclass(frozen=True)
class Window:
    """`texts` of n creations, their `vectors` (n, dim), probabilities `p` (n, themes) of `slugs`; NaN: not looked at.

    `sure`: the probability from which a theme explains a creation. `strange`: the strangeness above which none does.
    `odd` (n,): strangeness by distance too, where the head has a ground; `known`: scores that `strange` was set with.
    """

    texts: Sequence[str]
    vectors: NDArray[np.floating]
    slugs: Sequence[str]
    p: NDArray[np.floating]
    sure: float
    strange: float
    odd: Scores | None = None
    known: int = 0

    @property
    def is_strange(self) -> NDArray[np.bool_]:
        return (strangeness(self.p) if self.odd is None else self.odd) > self.strange


@dataclass(frozen=True)
class Found:
    """`rows` of the window: the group, nearest to its middle first, then those near it. `words`: with their z.

    `parents`: of a mix, else None.
    """

    rows: NDArray[np.intp]
    stability: float
    words: Sequence[tuple[str, float]]
    parents: tuple[str, str] | None


def judged(window: Window, ground: Ground | None, both: bool) -> Window:
    """The window with distances from the ground, and the strangeness above which they are strange. `both`: what the
    head says counts too; of pictures it tells little, as heads of few themes are sure of everything."""
    if ground is None or not len(window.p):
        return window
    top = np.where(np.isnan(window.p), 0.0, window.p).max(1, initial=0.0)
    odd, known = ground.scores(window.vectors, top if both else None)
    return replace(window, odd=odd, strange=threshold(known, FALSE_ALARMS), known=len(known))


def discover(window: Window, where: Placed | None = None) -> list[Found]:
    """Cards, most stable first. `where`: of `placed`, when it is known already."""
    x, rows, strange = where or placed(window)
    # What is explained is the ground against which a group stands out; a group of it is part of a known theme.
    new = [group for group in clustering.groups(x) if strange[group.rows].mean() >= NEW]
    free = strange.copy()
    for group in new:
        free[group.rows] = False
    found = []
    if not new and window.odd is not None:
        new = _all_that_is_left(window, x, strange)
        free[:] = False
    for group in new:
        mine = rows[_filled(x, group.rows[strange[group.rows]], free)]
        inside = set(mine.tolist())
        others = [text for i, text in enumerate(window.texts) if i not in inside]
        scores = [dict(zip(window.slugs, map(float, window.p[i]), strict=True)) for i in mine[:SHOWN]]
        words = telling([window.texts[i] for i in mine], others)
        found.append(Found(mine, group.stability, words, mixing.parents(scores)))
    return found


def placed(window: Window) -> Placed:
    """(points, their rows of the window, which of them are strange): the strange ones, and some that are explained."""
    is_strange = window.is_strange
    rng = np.random.default_rng(SEED)
    candidates = _some(np.flatnonzero(is_strange), MOST, rng)
    ground = _some(np.flatnonzero(~is_strange), max(GROUND, len(candidates) // 2), rng)
    rows = np.sort(np.concatenate([candidates, ground]))
    best = np.where(np.isnan(window.p), -1.0, window.p)
    themes = [
        window.slugs[at] if top >= window.sure else "" for at, top in zip(best.argmax(1), best.max(1), strict=True)
    ]
    return points(window.vectors, window.texts, themes)[rows], rows, is_strange[rows]


def _all_that_is_left(window: Window, x: Points, strange: NDArray[np.bool_]) -> list[clustering.Group]:
    """Where no group stands out, all strange ones as one, if they are more than false alarms explain.

    Pictures of one theme often lie as loosely as all pictures do: they have no density that a group could be cut from.
    """
    rows = np.flatnonzero(strange)
    real = real_share(int(window.is_strange.sum()), len(window.p), window.known, FALSE_ALARMS)
    return [clustering.Group(clustering.middle_first(x, rows), real)] if len(rows) >= SHOWN // 2 and real else []


def _filled(x: Points, core: NDArray[np.intp], free: NDArray[np.bool_]) -> NDArray[np.intp]:
    """A small group, and up to SHOWN the strange ones nearest to its middle that are in none (`free` is used up)."""
    others = np.flatnonzero(free)
    lacking = min(SHOWN - len(core), len(others))
    if lacking <= 0:
        return core
    away = ((x[others] - x[core].mean(0)) ** 2).sum(1)
    more = others[np.argsort(away, kind="stable")[:lacking]]
    free[more] = False
    return np.concatenate([core, more])


def _some(rows: NDArray[np.intp], most: int, rng: np.random.Generator) -> NDArray[np.intp]:
    return rows if len(rows) <= most else np.sort(rng.choice(rows, most, replace=False))


def nearest(x: Points, groups: Sequence[NDArray[np.intp]]) -> NDArray[np.intp]:
    """(n,) the group whose middle is nearest in direction, for points that are in none too."""
    if not groups:
        return np.full(len(x), -1)
    middles = unit(np.stack([x[rows].mean(0) for rows in groups]))
    return np.asarray((unit(x) @ middles.T).argmax(1))
