"""How much there will be. Daily counts in, a projection with its interval out."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

WEEKS = 8  # so far back a day says something about tomorrow
BLOCK = 7  # days are drawn by the week, since Saturdays are alike, and so are days beside each other
DRAWS = 2000
LEAST = 7  # days; with fewer nothing is said


@dataclass(frozen=True)
class Projection:
    """The total `days` from the last whole day on; nine of ten such totals lie between `low` and `high`."""

    days: int
    middle: float
    low: float
    high: float


def project(by_day: Mapping[date, int], today: date, horizons: tuple[int, ...], seed: int = 0) -> list[Projection]:
    """What the total will be if the coming days are as the last eight weeks were. `today` is not over, so it counts for
    the total only. Empty when there are fewer than a week of days.

    A block bootstrap: it knows the week and how uneven days are, and nothing of a new market next month.
    """
    if not by_day:
        return []
    start = max(min(by_day), today - timedelta(weeks=WEEKS))
    past = np.array([by_day.get(start + timedelta(n), 0) for n in range((today - start).days)], float)
    if len(past) < LEAST:
        return []
    rng = np.random.default_rng(seed)
    longest = max(horizons)
    blocks = -(-longest // BLOCK)
    begin = rng.integers(0, len(past) - BLOCK + 1, (DRAWS, blocks))
    days = past[begin[:, :, None] + np.arange(BLOCK)].reshape(DRAWS, -1)
    total = sum(by_day.values())
    grown = total + days.cumsum(1)
    found = []
    for horizon in horizons:
        low, middle, high = np.quantile(grown[:, horizon - 1], [0.05, 0.5, 0.95])
        found.append(Projection(horizon, float(middle), float(low), float(high)))
    return found
