"""Asks heads the frozen exam: any head of the task, so that a new one can be held against the one that serves."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from featurestore.heads import metrics
from featurestore.heads.calibration import log_loss
from featurestore.heads.head import Head
from featurestore.heads.material import EXAM, Part, part_of
from featurestore.heads.metrics import Figure
from featurestore.store.base import Dataset

MEASURES = ("f1", "auc", "log_loss")


def score_exam(
    head: Head, dataset: Dataset, splits: NDArray[np.str_], *, positive: str = "yes", seed: int = 0
) -> dict[str, Figure]:
    """Metrics of `head` at its own threshold on the exam rows: name -> (value, low, high)."""
    part = _exam(head, dataset, splits, positive)
    return metrics.figures(head.score(part.x), part.yes, head.sheet.threshold, part.group, seed)


def exam_difference(
    a: Head,
    b: Head,
    dataset: Dataset,
    splits: NDArray[np.str_],
    *,
    measure: str = "f1",
    positive: str = "yes",
    seed: int = 0,
) -> Figure:
    """How much better `a` is than `b` on the exam: (value, low, high), above 0 where `a` is the better one.

    Both answer the same rows, and a bootstrap draws groups of near-duplicates, both answers together, so what is hard
    for both does not widen the interval. `measure`: "f1" (each at its own threshold), "auc" or "log_loss".
    """
    if measure not in MEASURES:
        raise ValueError(f"no measure {measure!r}; there are: {', '.join(MEASURES)}")
    part = _exam(a, dataset, splits, positive)
    _exam(b, dataset, splits, positive)
    scores = (a.score(part.x), b.score(part.x))
    each = [_measured(head, p, part.yes, measure) for head, p in zip((a, b), scores, strict=True)]
    whole = np.ones(len(part))
    value = each[0](whole) - each[1](whole)
    drawn = [each[0](weight) - each[1](weight) for weight in metrics.draws(part.group, seed)]
    low, high = np.percentile(drawn, [2.5, 97.5])
    return value, min(value, float(low)), max(value, float(high))


def _exam(head: Head, dataset: Dataset, splits: NDArray[np.str_], positive: str) -> Part:
    if head.sheet.encoder != dataset.encoder:
        raise ValueError(f"the head reads {head.sheet.encoder}, the exam is of {dataset.encoder}")
    part = part_of(dataset, splits, EXAM, head.sheet.view, positive)
    if not len(part):
        raise ValueError("the exam has no rows")
    return part


def _measured(
    head: Head, p: NDArray[np.float32], y: NDArray[np.bool_], measure: str
) -> Callable[[NDArray[np.float64]], float]:
    """weight (n,) -> the figure, the higher the better."""
    if measure == "log_loss":
        losses = log_loss(p, y.astype(np.float64))
        return lambda weight: -float((weight * losses).sum() / weight.sum())
    if measure == "auc":
        return metrics.weighted_auc(p, y)
    hit = p >= head.sheet.threshold
    both, either = hit & y, hit.astype(np.float64) + y
    return lambda weight: float(2 * (weight * both).sum() / max((weight * either).sum(), 1e-30))
