"""A figure with its interval, as every part of the comparison gives it."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


class Estimate(NamedTuple):
    """`value` within `low`..`high` (95 % where nothing else is said); all nan where there is nothing to divide by."""

    value: float
    low: float
    high: float

    @property
    def known(self) -> bool:
        return self.value == self.value

    @property
    def sign(self) -> int:
        """1 surely above zero, -1 surely below, 0 the interval holds zero or is not known."""
        return int(self.low > 0) - int(self.high < 0)


def of_draws(values: Floats, draws: Floats, alpha: float) -> list[Estimate]:
    """values (m,), draws (r, m) -> m estimates with percentile intervals. A draw that is nan says nothing."""
    made = []
    for value, column in zip(values, draws.T, strict=True):
        good = column[np.isfinite(column)]
        if not np.isfinite(value) or len(good) < len(column) / 2:
            made.append(Estimate(float("nan"), float("nan"), float("nan")))
            continue
        low, high = np.quantile(good, [alpha / 2, 1 - alpha / 2])
        made.append(Estimate(float(value), min(float(low), float(value)), max(float(high), float(value))))
    return made
