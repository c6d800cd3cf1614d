"""What a head's answers are worth, each figure with a 95 % interval that stays honest where it is 0 or 1.

Shares by Wilson; F1 from Wilson's interval of the Jaccard share TP/(TP+FP+FN), of which it is a rising function; AUC by
the score interval of Newcombe (2006, method 5) on Hanley and McNeil's variance; calibration error and log loss by a
bootstrap. Rows that are near-duplicates are not independent: intervals count groups, not rows.
"""

from collections.abc import Callable, Iterator
from math import sqrt
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

from featurestore.heads.calibration import log_loss
from featurestore.heads.trained import Figure

Z = 1.959964
RESAMPLES = 1000
BINS = 10


class Counts(NamedTuple):
    tp: int
    fp: int
    fn: int
    tn: int


def counts(p: NDArray[np.floating], y: NDArray[np.bool_], threshold: float) -> Counts:
    """Of probabilities (n,) that reach `threshold`, against the truth (n,)."""
    hit = p >= threshold
    tp, fp = int((hit & y).sum()), int((hit & ~y).sum())
    return Counts(tp, fp, int(y.sum()) - tp, int((~y).sum()) - fp)


def figures(
    p: NDArray[np.floating], y: NDArray[np.bool_], threshold: float, group: NDArray[np.integer], seed: int = 0
) -> dict[str, Figure]:
    """name -> (value, low, high). `group` (n,): equal numbers for rows that hang together."""
    c = counts(p, y, threshold)
    independent = len(np.unique(group)) / max(len(p), 1)
    error, loss = resampled(p, y, group, seed)
    return {
        "precision": share(c.tp, c.tp + c.fp, independent),
        "recall": share(c.tp, c.tp + c.fn, independent),
        "f1": f1(c, independent),
        "auc": auc_interval(auc(p, y), int(y.sum()), int((~y).sum()), independent),
        "calibration_error": error,
        "log_loss": loss,
        "accuracy": share(c.tp + c.tn, len(p), independent),
    }


def share(k: float, n: float, independent: float = 1.0) -> Figure:
    """k of n after Wilson, as if only `independent` of each row said something new. n = 0 says nothing: (0, 0, 1)."""
    if n == 0:
        return 0.0, 0.0, 1.0
    p, n = k / n, n * independent
    middle = (p + Z * Z / (2 * n)) / (1 + Z * Z / n)
    half = Z / (1 + Z * Z / n) * sqrt(p * (1 - p) / n + Z * Z / (4 * n * n))
    return p, max(0.0, min(p, middle - half)), min(1.0, max(p, middle + half))


def f1(c: Counts, independent: float = 1.0) -> Figure:
    """2 TP / (2 TP + FP + FN)."""
    value, low, high = (2 * j / (1 + j) for j in share(c.tp, c.tp + c.fp + c.fn, independent))
    return value, low, high


def auc(p: NDArray[np.floating], y: NDArray[np.bool_]) -> float:
    """The chance that a positive row scores above a negative one, ties by half; 0.5 where one of them is missing."""
    positive, negative = int(y.sum()), int((~y).sum())
    if not positive or not negative:
        return 0.5
    return float((rankdata(p)[y].sum() - positive * (positive + 1) / 2) / (positive * negative))


def auc_interval(value: float, positive: int, negative: int, independent: float = 1.0) -> Figure:
    m, n = positive * independent, negative * independent
    if not positive or not negative:
        return value, 0.0, 1.0
    half = (m + n) / 2 - 1

    def within(true: float) -> bool:
        variance = true * (1 - true) / (m * n) * (1 + half * (1 - true) / (2 - true) + half * true / (1 + true))
        return abs(value - true) <= Z * sqrt(max(variance, 0.0))

    return value, _edge(within, value, 0.0), _edge(within, value, 1.0)


def _edge(within: Callable[[float], bool], inside: float, outside: float) -> float:
    if within(outside) and outside != inside and 0 < outside < 1:
        return outside
    for _ in range(60):
        middle = (inside + outside) / 2
        inside, outside = (middle, outside) if within(middle) else (inside, middle)
    return inside


def calibration_error(p: NDArray[np.floating], y: NDArray[np.bool_], weight: NDArray[np.floating]) -> float:
    """Mean distance between what was said and what was, over BINS equally filled bins of p."""
    rank = np.empty(len(p), np.intp)
    rank[np.argsort(p, kind="stable")] = np.arange(len(p))
    place = rank * BINS // max(len(p), 1)
    apart = np.bincount(place, weight * (np.asarray(p, np.float64) - y), BINS)
    return float(np.abs(apart).sum() / weight.sum())


def resampled(
    p: NDArray[np.floating], y: NDArray[np.bool_], group: NDArray[np.integer], seed: int
) -> tuple[Figure, Figure]:
    """(calibration error, log loss), by drawing groups with replacement."""
    losses = log_loss(p, y.astype(np.float64))
    one = np.ones(len(p))
    error, loss = [], []
    for weight in draws(group, seed):
        error.append(calibration_error(p, y, weight))
        loss.append(float((weight * losses).sum() / weight.sum()))
    return _between(calibration_error(p, y, one), error), _between(float(losses.mean()), loss)


def weighted_auc(p: NDArray[np.floating], y: NDArray[np.bool_]) -> Callable[[NDArray[np.float64]], float]:
    """weight (n,) -> `auc` of rows that count `weight` times; 0.5 where the weights leave one answer out."""
    order = np.argsort(p, kind="stable")
    truth, start = y[order], np.append(True, np.diff(p[order]) > 0)
    tie = np.cumsum(start) - 1

    def figure(weight: NDArray[np.float64]) -> float:
        w = weight[order]
        positive, negative = np.bincount(tie, w * truth), np.bincount(tie, w * ~truth)
        whole = positive.sum() * negative.sum()
        below = np.cumsum(negative) - negative / 2
        return float((positive * below).sum() / whole) if whole else 0.5

    return figure


def draws(group: NDArray[np.integer], seed: int, many: int = RESAMPLES) -> Iterator[NDArray[np.float64]]:
    """`many` times how often each row (n,) was drawn when groups are drawn with replacement. Never all 0."""
    _, which = np.unique(group, return_inverse=True)
    groups = int(which.max()) + 1
    rng = np.random.default_rng(seed)
    for _ in range(many):
        yield np.bincount(rng.integers(0, groups, groups), minlength=groups)[which].astype(np.float64)


def _between(value: float, drawn: list[float]) -> Figure:
    low, high = np.percentile(drawn, [2.5, 97.5])
    return value, min(value, float(low)), max(value, float(high))


def best_threshold(p: NDArray[np.floating], y: NDArray[np.bool_], weight: NDArray[np.floating]) -> float:
    """The threshold of highest F1 on `p` (n,), halfway to the next lower score; among equals the one nearest to 0.5."""
    order = np.argsort(-p, kind="stable")
    ranked, hit = p[order].astype(np.float64), np.cumsum((weight * y)[order])
    taken = np.cumsum(weight[order])
    score = 2 * hit / np.maximum(taken + (weight * y).sum(), 1e-30)
    last = np.append(ranked[1:] < ranked[:-1], True)  # equal scores fall together
    middle = (ranked + np.append(ranked[1:], 0.0)) / 2
    best = last & (score >= score[last].max() - 1e-12)
    return float(middle[best][np.abs(middle[best] - 0.5).argmin()])
