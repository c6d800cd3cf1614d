"""What it is worth that detectors reject something and nobody has to look: minutes, euros, and the mistakes against it.

No Django here.
"""

from dataclasses import dataclass
from math import sqrt

Z = 1.959964


@dataclass(frozen=True)
class Checked:
    """Rejections that people looked at again, drawn by known chances: sums of 1/chance, of its square, and of 1/chance
    where it was wrong."""

    weight: float
    square: float
    back_weight: float

    def wrong(self) -> tuple[float, float, float] | None:
        """(share, low, high) of rejections that are wrong: Horvitz and Thompson's estimate (1952, as a ratio), Wilson's
        95 % interval for as many draws as these are worth (Kish 1965). None when nothing was checked."""
        if self.weight <= 0 or self.square <= 0:
            return None
        p, n = min(1.0, self.back_weight / self.weight), self.weight**2 / self.square
        middle = (p + Z * Z / (2 * n)) / (1 + Z * Z / n)
        half = Z / (1 + Z * Z / n) * sqrt(p * (1 - p) / n + Z * Z / (4 * n * n))
        return p, min(p, max(0.0, middle - half)), max(p, min(1.0, middle + half))  # rounding, at 0 and 1


@dataclass(frozen=True)
class Worth:
    """`minutes` of people's time; euros: `time` that was not paid for looking, `mistakes` the children who were wrongly
    refused, `net` one less the other, with its interval where rechecks give one (else all three are the same)."""

    minutes: float
    time: float
    mistakes: float
    net: float
    low: float
    high: float


def worth(
    rejected: int, restored: int, checked: Checked, seconds: float, minute_costs: float, mistake_costs: float
) -> Worth:
    """Of `rejected` pieces `restored` came back, so people looked at those after all.

    The mistakes are those that are known, or, where rechecks tell of more, as many as they let expect: a wrong
    rejection about which nobody complained is one all the same.
    """
    minutes = max(0, rejected - restored) * seconds / 60
    time = minutes * minute_costs
    found = checked.wrong()
    shares = found if found else (0.0, 0.0, 0.0)
    wrong, fewest, most = (max(float(restored), share * rejected) for share in shares)
    return Worth(
        minutes,
        time,
        wrong * mistake_costs,
        time - wrong * mistake_costs,
        time - most * mistake_costs,
        time - fewest * mistake_costs,
    )
