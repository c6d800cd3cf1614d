"""From the eight estimated totals to the measures that people know, for champion, challenger and their difference."""

from dataclasses import dataclass

import numpy as np

from featurestore.compare.cost import Costs
from featurestore.compare.estimate import Estimate, Floats


@dataclass(frozen=True)
class Measure:
    """`name` as in `Comparison.estimates`; `words` for people; `unit`; is more `better`?"""

    name: str
    words: str
    unit: str
    more_is_better: bool


PER = "per 1,000 uploads"
MEASURES = (
    Measure("precision", "Rejections that were right (precision)", "share", True),
    Measure("recall", "Finds that it caught (recall)", "share", True),
    Measure("f1", "F1, between the two", "share", True),
    Measure("false_reject", "Good creations that it rejects", "share", False),
    Measure("right", "Right", PER, True),
    Measure("found", "Caught", PER, True),
    Measure("missed", "Missed", PER, False),
    Measure("rejected_good", "Good creations rejected", PER, False),
    Measure("minutes", "Reviewers' minutes", f"minutes {PER}", False),
    Measure("euros", "Cost", f"euros {PER}", False),
)


@dataclass(frozen=True)
class Measured:
    """A measure of champion (a), challenger (b) and b - a. `method`: how the intervals were made."""

    measure: Measure
    a: Estimate
    b: Estimate
    difference: Estimate
    method: str

    @property
    def better(self) -> int:
        """1 the challenger is surely better in this, -1 surely worse, 0 not sure."""
        return self.difference.sign if self.measure.more_is_better else -self.difference.sign


def measure(totals: Floats, costs: Costs) -> Floats:
    """(..., 2, 2, 2) by (label, a's hit, b's hit) -> (..., len(MEASURES), 3) for a, b and b - a; nan for 0/0."""
    hits = np.stack([totals.sum(-1), totals.sum(-2)], -3)  # (..., model, label, hit)
    tn, fp, fn, tp = hits[..., 0, 0], hits[..., 0, 1], hits[..., 1, 0], hits[..., 1, 1]
    n = tn + fp + fn + tp
    look = costs.look_seconds / 60
    with np.errstate(invalid="ignore", divide="ignore"):
        minutes = 1000 * (tn + fn) / n * look
        both = np.stack(
            [
                tp / (tp + fp),
                tp / (tp + fn),
                2 * tp / (2 * tp + fp + fn),
                fp / (fp + tn),
                1000 * (tp + tn) / n,
                1000 * tp / n,
                1000 * fn / n,
                1000 * fp / n,
                minutes,
                minutes * costs.reviewer_minute + 1000 * (fp * costs.rejected_good + fn * costs.missed) / n,
            ],
            -1,
        )  # (..., model, measure)
    a, b = both[..., 0, :], both[..., 1, :]
    return np.stack([a, b, b - a], -1)
