"""McNemar's test of paired answers: exact, and with the mid-p correction (Fagerland, Lydersen and Laake 2013).

Right for one look that was planned beforehand. Looked at every day it gives false alarms; see eprocess.py for that.
"""

from dataclasses import dataclass

from scipy.stats import binom


@dataclass(frozen=True)
class McNemar:
    """`only_a`, `only_b`: pairs that only one was right on. `exact` never has more false alarms than it says; `mid_p`
    is less careful and closer to what it says. `fair`: all such pairs were seen with the same chance, without which
    neither p-value holds."""

    only_a: int
    only_b: int
    exact: float
    mid_p: float
    fair: bool = True


def mcnemar(only_a: int, only_b: int, fair: bool = True) -> McNemar:
    """Two-sided p-values that both are right equally often; 1 without any pair that tells them apart."""
    n, k = only_a + only_b, min(only_a, only_b)
    if n == 0:
        return McNemar(0, 0, 1.0, 1.0, fair)
    tail = float(binom.cdf(k, n, 0.5))
    point = float(binom.pmf(k, n, 0.5))
    mid = 1 - point / 2 if only_a == only_b else 2 * tail - point
    return McNemar(only_a, only_b, min(1.0, 2 * tail), mid, fair)
