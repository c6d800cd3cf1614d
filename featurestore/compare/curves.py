"""What the scores themselves say: ROC and precision-recall, calibration, and how the two models' scores differ.

All from histograms of a thousand steps: a curve is off by less than its line is wide, and costs nothing.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from featurestore.compare.counting import BINS, NO, YES, Counts, Ints, weights
from featurestore.compare.estimate import Estimate, Floats

POINTS = 200  # of a drawn curve
PARTS = 10  # of a calibration curve
BARS = 20  # of a picture of scores


@dataclass(frozen=True)
class Operating:
    """Where a model stands with the threshold that served: its rates as they were, whatever threshold that was."""

    false_positive: float
    recall: float
    precision: float


@dataclass(frozen=True)
class Curve:
    """By falling threshold (p,): both curves of a model. `auc` area under ROC, ties count half; `average_precision`."""

    threshold: Floats
    false_positive: Floats
    recall: Floats
    precision: Floats
    auc: float
    average_precision: float
    at: Operating


@dataclass(frozen=True)
class CalibrationPart:
    """Of parts scored `low`..`high`: their mean score, and the share of finds among them. `labels` that tell it."""

    low: float
    high: float
    score: float
    share: Estimate
    labels: int


@dataclass(frozen=True)
class Calibration:
    """`error`: mean distance of score and share, weighted by uploads (expected calibration error)."""

    parts: list[CalibrationPart]
    error: float


@dataclass(frozen=True)
class Shift:
    """How the scores of all uploads lie, labelled or not. `a`, `b` (BARS,): share of uploads in each step of 1/BARS.
    `distance`: the largest difference of the two cumulative shares (Kolmogorov-Smirnov's D). `a_hits`, `b_hits` (d,):
    share that reached the threshold, by day, nan on a day without uploads: drift shows here before any label does."""

    a: Floats
    b: Floats
    distance: float
    a_mean: float
    b_mean: float
    days: NDArray[np.datetime64]
    a_hits: Floats
    b_hits: Floats


def curve(scores: Ints, chance: Floats, at: Operating) -> Curve | None:
    """`scores` (BINS, k, 3). None without labels of both kinds."""
    no, yes = _weighted(scores[:, :, NO], chance), _weighted(scores[:, :, YES], chance)
    if not (no.sum() > 0 and yes.sum() > 0):
        return None
    below = no.cumsum() - no
    auc = float((yes * (below + no / 2)).sum() / yes.sum() / no.sum())
    fp, tp = no[::-1].cumsum(), yes[::-1].cumsum()
    flagged = fp + tp
    precision = np.where(flagged > 0, tp / np.where(flagged > 0, flagged, 1), 1.0)
    recall, false = tp / tp[-1], fp / fp[-1]
    average = float((np.diff(recall, prepend=0) * precision).sum())
    threshold = (BINS - 1 - np.arange(BINS)) / BINS
    shown = _thin(false, recall, precision)
    return Curve(threshold[shown], false[shown], recall[shown], precision[shown], auc, average, at)


def operating(false_positive: float, recall: float, precision: float) -> Operating:
    return Operating(float(false_positive), float(recall), float(precision))


def calibration(scores: Ints, chance: Floats, alpha: float = 0.05) -> Calibration:
    """In PARTS equal steps of the score; a step that nobody saw anything of is left out. Intervals after Wilson, with
    the number of equally weighted labels that would tell as much."""
    middle = (np.arange(BINS) + 0.5) / BINS
    rows = scores.sum((1, 2)).astype(np.float64)
    each = weights(chance)
    parts, wrong = [], 0.0
    for part in np.array_split(np.arange(BINS), PARTS):
        known = scores[part][:, :, [NO, YES]].sum((0, 2))  # (k,)
        weight = (known * each).sum()
        if not weight:
            continue
        share = float((scores[part][:, :, YES].sum(0) * each).sum() / weight)
        seen = float(weight**2 / (known * each**2).sum())
        score = float((middle[part] * rows[part]).sum() / rows[part].sum())
        parts.append(
            CalibrationPart(part[0] / BINS, (part[-1] + 1) / BINS, score, wilson(share, seen, alpha), int(known.sum()))
        )
        wrong += abs(share - score) * rows[part].sum()
    return Calibration(parts, float(wrong / rows.sum()))


def shift(counts: Counts) -> Shift:
    a, b = counts.a_scores.sum((1, 2)) / counts.total, counts.b_scores.sum((1, 2)) / counts.total
    middle = (np.arange(BINS) + 0.5) / BINS
    daily = counts.by_day.sum((1, 2))  # (d, 2, 2)
    n = daily.sum((1, 2))
    with np.errstate(invalid="ignore", divide="ignore"):
        a_hits, b_hits = daily[:, 1].sum(-1) / n, daily[:, :, 1].sum(-1) / n
    return Shift(
        a.reshape(BARS, -1).sum(1),
        b.reshape(BARS, -1).sum(1),
        float(np.abs((a - b).cumsum()).max()),
        float(a @ middle),
        float(b @ middle),
        counts.days,
        a_hits,
        b_hits,
    )


def wilson(share: float, seen: float, alpha: float = 0.05) -> Estimate:
    """Interval of a share of `seen` equally weighted labels."""
    z = float(-ndtri(alpha / 2))
    middle = (share + z * z / (2 * seen)) / (1 + z * z / seen)
    half = z / (1 + z * z / seen) * float(np.sqrt(share * (1 - share) / seen + z * z / (4 * seen * seen)))
    return Estimate(share, max(0.0, middle - half), min(1.0, middle + half))


def _weighted(scores: Ints, chance: Floats) -> Floats:
    return scores @ weights(chance)


def _thin(*lines: Floats) -> NDArray[np.intp]:
    """Places of at most POINTS points, spread evenly along the lines, with both ends."""
    way = sum(np.abs(np.diff(line, prepend=line[0])) for line in lines).cumsum()  # type: ignore[union-attr]
    wanted = np.linspace(way[0], way[-1], POINTS - 1)
    return np.unique(np.concatenate([[0], np.minimum(np.searchsorted(way, wanted), len(way) - 1), [len(way) - 1]]))
