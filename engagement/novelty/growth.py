"""How many a week, and whether it grows: with an interval. Pure: no Django."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.stats import beta


@dataclass(frozen=True)
class Growth:
    """The last week's share of all creations against that of the weeks before. `low`, `high`: 95 %; None: too few."""

    ratio: float | None
    low: float | None
    high: float | None


def growth(counts: Sequence[int], everything: Sequence[int]) -> Growth:
    """`counts`: of the card, `everything`: of all creations, week by week, oldest first.

    Given how many the card has in all, those of the last week are binomial (Przyborowski and Wilenski, 1940): the
    interval is Clopper and Pearson's, carried over to the ratio of the two rates.
    """
    if len(counts) != len(everything):
        raise ValueError("a week is missing")
    before, last = int(sum(counts[:-1])), int(counts[-1]) if len(counts) else 0
    exposed, now = int(sum(everything[:-1])), int(everything[-1]) if len(everything) else 0
    if before + last == 0 or not exposed or not now:
        return Growth(None, None, None)

    def carried(share: float) -> float:
        return float(share / (1 - share) * exposed / now) if share < 1 else float("inf")

    n = before + last
    low = float(beta.ppf(0.025, last, before + 1)) if last else 0.0
    high = float(beta.ppf(0.975, last + 1, before)) if before else 1.0
    ratio = carried(last / n)
    shown = [value if np.isfinite(value) else None for value in (ratio, carried(low), carried(high))]
    return Growth(*shown)
