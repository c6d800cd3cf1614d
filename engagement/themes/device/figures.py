"""How good a classifier is on pictures of figures that it has not seen, and how sure that is. Pure.

Pictures of one figure are alike, so they count as one draw: intervals come from drawing figures, not pictures.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engagement.themes import measures

DRAWS = 2000
Rows = NDArray[np.intp]
Probabilities = NDArray[np.float64]


def interval(values: NDArray[np.float64]) -> list[float]:
    return [round(float(value), 3) for value in np.quantile(values, (0.025, 0.975))]


def report(themes: Sequence[str], p: Probabilities, theme: Rows, figure: Rows) -> dict[str, Any]:
    """measures.summary, and 95 % intervals: of accuracy, of macro-F1, of each theme's F1."""
    right, of, said, n = _counts(len(themes), p, theme, figure)
    weights = _draws(len(n))
    there = of.sum(0) > 0
    f1 = _f1(weights @ right, weights @ of, weights @ said)
    return measures.summary(themes, p, theme) | {
        "figures": len(n),
        "accuracy_interval": interval((weights @ right).sum(1) / (weights @ n)),
        "macro_f1_interval": interval(f1[:, there].mean(1)),
        "per_class_interval": {slug: interval(f1[:, at]) for at, slug in enumerate(themes) if there[at]},
    }


def difference(one: Probabilities, other: Probabilities, theme: Rows, figure: Rows) -> dict[str, Any]:
    """Accuracy of one minus that of the other on the same pictures, its 95 % interval, and how often both agree."""
    gain = (one.argmax(1) == theme).astype(float) - (other.argmax(1) == theme)
    index = np.unique(figure, return_inverse=True)[1]
    sums, n = np.bincount(index, gain), np.bincount(index).astype(float)
    weights = _draws(len(n))
    return {
        "accuracy_difference": round(float(gain.mean()), 4),
        "interval": interval((weights @ sums) / (weights @ n)),
        "same_answer": round(float((one.argmax(1) == other.argmax(1)).mean()), 4),
    }


def _counts(
    themes: int, p: Probabilities, theme: Rows, figure: Rows
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """By figure and theme: right answers, pictures, answers; and the pictures of each figure."""
    index = np.unique(figure, return_inverse=True)[1]
    shape = (int(index.max()) + 1, themes)
    right, of, said = np.zeros(shape), np.zeros(shape), np.zeros(shape)
    answer = p.argmax(1)
    np.add.at(right, (index, theme), answer == theme)
    np.add.at(of, (index, theme), 1)
    np.add.at(said, (index, answer), 1)
    return right, of, said, np.bincount(index).astype(float)


def _f1(right: NDArray[np.float64], of: NDArray[np.float64], said: NDArray[np.float64]) -> NDArray[np.float64]:
    return 2 * right / np.maximum(of + said, 1)


def _draws(figures: int) -> NDArray[np.float64]:
    """(DRAWS, figures): how often each figure was drawn."""
    return np.random.default_rng(7).multinomial(figures, np.full(figures, 1 / figures), DRAWS).astype(float)
