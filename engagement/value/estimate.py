"""What likes and comments are worth: authors who may get them against those who never do. Pure.

Who is held out is drawn by a hash, before anything is known of an author, so the two groups differ by nothing else, and
a difference is an effect of being allowed to hear characters at all (intention to treat: whether one did is not asked).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
LOOKED_AT = 5_000  # authors at which the interval is tightest; it holds at every number
FEWEST = 50  # of a group: below that the mean is no bell curve yet, and no interval is given


@dataclass(frozen=True)
class Effect:
    """`difference`: heard minus held out, of the outcome's mean; `low`, `high`: its interval, None when too few.

    `heard`, `held`: means without adjustment. `saved`: share of the variance that the adjustment took away.
    """

    n_heard: int
    n_held: int
    heard: float
    held: float
    difference: float
    low: float | None
    high: float | None
    saved: float

    @property
    def sure(self) -> bool:
        """Does the interval leave nothing but one sign?"""
        return self.low is not None and self.high is not None and (self.low > 0 or self.high < 0)


def effect(outcome: Array, held: NDArray[np.bool_], before: Array | None = None, alpha: float = 0.05) -> Effect:
    """The effect on `outcome` (n,), with an interval that may be looked at every day.

    `before` (n,): what the same author did before, which nothing here can have changed; the outcome is adjusted by it
    (CUPED: Deng, Xu, Kohavi, Walker, WSDM 2013). The interval is an asymptotic confidence sequence of the difference of
    means (Waudby-Smith, Arbour, Sinha, Kennedy, Ramdas, Annals of Statistics 2024, theorem 2.2): it holds 1 - alpha at
    all times together, so stopping when it looks good is no lie.
    """
    y = np.asarray(outcome, np.float64)
    heard = ~held
    n, n_held = len(y), int(held.sum())
    if not n_held or n_held == n:
        mean = float(y.mean()) if n else float("nan")
        here = (float("nan"), mean) if n_held else (mean, float("nan"))
        return Effect(n - n_held, n_held, *here, float("nan"), None, None, 0.0)
    adjusted, saved = _adjusted(y, before)
    ones, zeros = adjusted[heard], adjusted[held]
    difference = float(ones.mean() - zeros.mean())
    low = high = None
    if min(n_held, n - n_held) >= FEWEST:
        share = n_held / n
        influence = np.where(held, -(adjusted - zeros.mean()) / share, (adjusted - ones.mean()) / (1 - share))
        radius = float(influence.std()) * _radius(n, alpha)
        low, high = difference - radius, difference + radius
    return Effect(n - n_held, n_held, float(y[heard].mean()), float(y[held].mean()), difference, low, high, saved)


def needed(found: Effect, share: float, alpha: float = 0.05) -> int | None:
    """So many authors in all would make a difference of this size plain. None when there is none to be made plain."""
    if found.low is None or found.high is None or found.sure or not found.difference:
        return None
    n = found.n_heard + found.n_held
    deviation = (found.high - found.low) / 2 / _radius(n, alpha)
    at = n
    while deviation * _radius(at, alpha) > abs(found.difference):
        at *= 2
        if at > 10**9:
            return None
    low, high = at // 2, at
    while high - low > max(1, high // 1000):
        middle = (low + high) // 2
        low, high = (middle, high) if deviation * _radius(middle, alpha) > abs(found.difference) else (low, middle)
    return high


def _adjusted(y: Array, before: Array | None) -> tuple[Array, float]:
    if before is None or not np.ptp(before) or not np.ptp(y):
        return y, 0.0
    x = np.asarray(before, np.float64)
    slope = np.cov(y, x)[0, 1] / x.var(ddof=1)
    adjusted = y - slope * (x - x.mean())
    return adjusted, float(1 - adjusted.var() / y.var())


def _radius(n: int, alpha: float) -> float:
    """Half the width, in standard deviations, after n authors."""
    rho2 = (-2 * np.log(alpha) + np.log(-2 * np.log(alpha) + 1)) / LOOKED_AT
    return float(np.sqrt(2 * (n * rho2 + 1) / (n**2 * rho2) * np.log(np.sqrt(n * rho2 + 1) / alpha)))
