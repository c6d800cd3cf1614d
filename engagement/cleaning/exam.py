"""What a head is worth on an exam that people labelled, and how much more than another, with intervals. No Django."""

import numpy as np
from numpy.typing import NDArray

Rows = NDArray[np.intp]
Figure = tuple[float, float, float]
LEAST = 30  # creations; with fewer an interval says nothing
DRAWS, SEED = 500, 3


def macro_f1(truth: Rows, said: Rows, themes: int) -> float:
    """Over the themes that are in the truth. -1 is no theme: it is of no theme's F1, and costs precision or recall."""
    right = np.bincount(truth[(truth == said) & (truth >= 0)], minlength=themes)
    of = np.bincount(truth[truth >= 0], minlength=themes)
    given = np.bincount(said[said >= 0], minlength=themes)
    there = of > 0
    return float((2 * right[there] / (of + given)[there]).mean()) if there.any() else 0.0


def figures(truth: Rows, said: Rows, other: Rows | None, themes: int) -> tuple[Figure, Figure | None]:
    """(macro-F1 of `said`, its difference to `other` on the same creations): value, low, high, 95 %, by a bootstrap of
    the creations (percentiles)."""
    rng = np.random.default_rng(SEED)
    draws = rng.integers(0, len(truth), (DRAWS, len(truth)))
    mine = np.array([macro_f1(truth[at], said[at], themes) for at in draws])
    value = macro_f1(truth, said, themes)
    if other is None:
        return _figure(value, mine), None
    theirs = np.array([macro_f1(truth[at], other[at], themes) for at in draws])
    return _figure(value, mine), _figure(value - macro_f1(truth, other, themes), mine - theirs)


def _figure(value: float, drawn: NDArray[np.float64]) -> Figure:
    low, high = np.percentile(drawn, [2.5, 97.5])
    return round(value, 4), round(float(low), 4), round(float(high), 4)
