"""What will arrive in the next hours: each hour of the week as in the past weeks, at the level of the last day.

Three averages stand behind one another: all hours, the hour of the day, the hour of the week. Where one has been seen
seldom, the one before it counts more (Gamma-Poisson shrinkage), so a day of past is enough to begin with. Hours vary
more than chance alone; by how much is measured on the past (Pearson's statistic), and the interval is a negative
binomial's that wide, with the average's own doubt in it. No Django here.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

WEEK, DAY = 168, 24
FEWEST = DAY  # hours of past without which nothing is foreseen
PRIOR = 1.0  # a broader average counts as much as one more hour of the narrower
RECENT = 24  # hours that say how high the level is now
STEADY = 20.0  # arrivals that the old level counts for against them


@dataclass(frozen=True)
class Foreseen:
    """Arrivals for each of the next hours: what is expected, and between what 95 % should lie. All (hours,)."""

    mean: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]


def foresee(past: NDArray[np.int64], first: int, hours: int) -> Foreseen | None:
    """`past` (n,): whole hours, the newest last; `first`: the hour of the week (0..167) of past[0]. The forecast begins
    with the hour after the last. None while the past is shorter than FEWEST."""
    if len(past) < FEWEST:
        return None
    at = (first + np.arange(len(past) + hours)) % WEEK
    rates, seen = _rates(past.astype(np.float64), at[: len(past)])
    fitted = rates[at[: len(past)]]
    recent, usual = past[-RECENT:].sum(), fitted[-RECENT:].sum()
    spread = _spread(past, fitted)
    strength = STEADY * spread
    level = (recent + strength) / (usual + strength)
    mean = np.maximum(rates[at[len(past) :]] * level, 1e-9)
    # The doubt of an average of n hours, and of the level, in squares of the mean.
    doubt = spread / np.maximum(seen[at[len(past) :]] * mean, 1.0) + spread / (usual + strength)
    variance = spread * mean + doubt * mean**2
    low, high = _between(mean, variance)
    return Foreseen(mean, low, high)


def _rates(past: NDArray[np.float64], at: NDArray[np.int64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """(168,) arrivals an hour, and how many hours each average rests on."""
    week = np.bincount(at, past, WEEK)
    n_week = np.bincount(at, minlength=WEEK).astype(np.float64)
    day, n_day = week.reshape(7, DAY).sum(0), n_week.reshape(7, DAY).sum(0)
    by_day = (day + PRIOR * past.mean()) / (n_day + PRIOR)
    weights = n_week + PRIOR * np.tile(n_day / (n_day + PRIOR), 7)
    return (week + PRIOR * np.tile(by_day, 7)) / (n_week + PRIOR), weights


def _spread(past: NDArray[np.int64], fitted: NDArray[np.float64]) -> float:
    """By how much hours vary more than Poisson would, at least 1."""
    some = fitted > 0.05  # hours in which next to nothing ever arrives say nothing of it
    freedom = max(1.0, some.sum() * (1 - min(0.5, WEEK / len(past) / 2)) - 1)
    return max(1.0, float(((past[some] - fitted[some]) ** 2 / fitted[some]).sum() / freedom))


def _between(
    mean: NDArray[np.float64], variance: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    variance = np.maximum(variance, mean * 1.0001)
    p, n = mean / variance, mean**2 / (variance - mean)
    return stats.nbinom.ppf(0.025, n, p), stats.nbinom.ppf(0.975, n, p)
