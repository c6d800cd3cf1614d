"""95 % intervals of shares and of their difference. Numbers in, numbers out."""

from math import sqrt
from typing import NamedTuple

Z = 1.959964


class Interval(NamedTuple):
    figure: float
    low: float
    high: float


def share(k: int, n: int) -> Interval:
    """k of n, after Wilson: right for small n and near 0 and 1. n = 0 says nothing: (0.5, 0, 1)."""
    if n == 0:
        return Interval(0.5, 0.0, 1.0)
    p = k / n
    middle = (p + Z * Z / (2 * n)) / (1 + Z * Z / n)
    half = Z / (1 + Z * Z / n) * sqrt(p * (1 - p) / n + Z * Z / (4 * n * n))
    return Interval(p, max(0.0, middle - half), min(1.0, middle + half))


def change(k_before: int, n_before: int, k_now: int, n_now: int) -> Interval:
    """Share now minus share before, of two independent samples, after Newcombe (his method 10)."""
    before, now = share(k_before, n_before), share(k_now, n_now)
    d = now.figure - before.figure
    low = d - sqrt((now.figure - now.low) ** 2 + (before.high - before.figure) ** 2)
    high = d + sqrt((now.high - now.figure) ** 2 + (before.figure - before.low) ** 2)
    return Interval(d, low, high)
