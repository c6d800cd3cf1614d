"""How many more labels it would take to know, if things go on as they went so far. A forecast, not a promise."""

from collections.abc import Callable
from dataclasses import dataclass
from math import ceil

import numpy as np

from featurestore.compare.counting import Counts
from featurestore.compare.eprocess import SIDES, capital, disagreements, discordant
from featurestore.compare.noninferiority import margin_evidence

FARTHEST = 1000.0  # times what there is; beyond that we say that it cannot be foreseen


@dataclass(frozen=True)
class Needed:
    """About so many more `labels`, `uploads` and `days`, until `what` ("better", "worse", "not worse") is known."""

    what: str
    labels: int
    uploads: int
    days: int


def needed(counts: Counts, margin: float, alpha: float = 0.05) -> Needed | None:
    """The soonest of what would be known; None when something is known already, or nothing can be foreseen."""
    only_a, only_b = discordant(counts.cells)
    rows = disagreements(counts.cells)
    goal = -float(np.log(alpha))
    forecasts = {
        "better": lambda times: float(capital(only_b * times, only_a * times, rows * times, counts.chance) - SIDES),
        "worse": lambda times: float(capital(only_a * times, only_b * times, rows * times, counts.chance) - SIDES),
        "not worse": lambda times: margin_evidence(counts.cells * times, counts.chance, margin),
    }
    times = {what: times_until(grown, goal) for what, grown in forecasts.items()}
    soonest = {what: value for what, value in times.items() if value is not None}
    if not counts.labelled or not soonest or min(soonest.values()) <= 1:
        return None
    what = min(soonest, key=lambda one: soonest[one])
    more = soonest[what] - 1
    return Needed(what, ceil(more * counts.labelled), ceil(more * counts.total), max(1, ceil(more * len(counts.days))))


def times_until(evidence: Callable[[float], float], goal: float) -> float | None:
    """How many times of all there is now until `evidence` reaches `goal`; 1 when it has; None beyond FARTHEST."""
    if evidence(1.0) >= goal:
        return 1.0
    low, high = 1.0, 2.0
    while evidence(high) < goal:
        low, high = high, high * 2
        if low > FARTHEST:
            return None
    for _ in range(20):
        middle = (low + high) / 2
        low, high = (low, middle) if evidence(middle) >= goal else (middle, high)
    return high


def more_for(labels: int, half: float, value: float, margin: float) -> int:
    """More labels until an interval of half width `half` shrinks to |value|, or to `margin` if that is larger."""
    times = (half / max(abs(value), margin)) ** 2
    return max(1, ceil(max(labels, 1) * (times - 1))) if times > 1 else 1
