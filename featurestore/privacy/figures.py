"""Figures with intervals: what was measured, how sure that is, and what guessing would reach."""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

ROUNDS = 1000  # of the bootstrap


@dataclass(frozen=True)
class Figure:
    """A share in 0..1 of `n`, between `low` and `high` with 95 % confidence; `chance` is what guessing reaches."""

    value: float
    low: float
    high: float
    chance: float
    n: int

    @property
    def no_better(self) -> bool:
        """Could this be guessing? The interval reaches down to chance."""
        return self.low <= self.chance

    def as_dict(self) -> dict[str, Any]:
        return {**{name: round(v, 4) for name, v in asdict(self).items()}, "no_better": self.no_better}


def share(hits: NDArray[np.bool_], chance: float) -> Figure:
    """How often it was right, with Wilson's interval (which holds near 0 and 1 too)."""
    n, z = len(hits), 1.96
    p = float(np.mean(hits))
    middle = (p + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * np.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    return Figure(p, max(0.0, float(middle - half)), min(1.0, float(middle + half)), chance, n)


def mean(values: NDArray[np.floating], chance: float, seed: int) -> Figure:
    """The mean of `values`, with a bootstrap over them."""
    rng = np.random.default_rng(seed)
    means = values[rng.integers(0, len(values), (ROUNDS, len(values)))].mean(axis=1)
    low, high = np.quantile(means, (0.025, 0.975))
    return Figure(float(values.mean()), float(low), float(high), chance, len(values))


def auc(inside: NDArray[np.floating], outside: NDArray[np.floating], seed: int) -> Figure:
    """How often a score of `inside` is above one of `outside` (ties count half), with a bootstrap over both."""
    rng = np.random.default_rng(seed)

    def one(a: NDArray[np.floating], b: NDArray[np.floating]) -> float:
        return float((a[:, None] > b).mean() + (a[:, None] == b).mean() / 2)

    again = [one(rng.choice(inside, len(inside)), rng.choice(outside, len(outside))) for _ in range(ROUNDS // 2)]
    low, high = np.quantile(again, (0.025, 0.975))
    return Figure(one(inside, outside), float(low), float(high), 0.5, len(inside) + len(outside))
