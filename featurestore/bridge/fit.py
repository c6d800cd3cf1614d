"""The map itself: linear, least squares with a ridge, in closed form. Pure numpy.

The ridge is chosen without a second data set: for a ridge regression the error on each left-out row follows from the
fit on all rows (the leave-one-out identity, Golub, Heath and Wahba 1979), so all strengths cost one decomposition.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

RIDGES = tuple(float(r) for r in 10.0 ** np.arange(-5, 2.5, 0.5))  # times the mean variance of the old vectors
FEWEST = 20  # pairs; below, a map says nothing


@dataclass(frozen=True)
class Bridge:
    """Carries vectors of encoder version `old` to where those of `new` would lie: y = x @ weight + bias.

    `weight` float32 (old dim, new dim), `bias` float32 (new dim,). `pairs`: from how many pairs it was learned;
    `error`: mean squared error on left-out pairs, as a share of the new vectors' variance (1: no better than the mean).
    """

    old: str
    new: str
    weight: NDArray[np.float32]
    bias: NDArray[np.float32]
    pairs: int
    ridge: float
    error: float

    def carry(self, x: NDArray[np.floating]) -> NDArray[np.float32]:
        """(n, old dim) -> float32 (n, new dim)."""
        if x.ndim != 2 or x.shape[1] != len(self.weight):
            raise ValueError(f"vectors of {self.old} are (n, {len(self.weight)}), not {x.shape}")
        return np.asarray(x, np.float32) @ self.weight + self.bias


def fit(old: str, new: str, x: NDArray[np.floating], y: NDArray[np.floating]) -> Bridge:
    """Learn from the overlap: row n of `x` (n, old dim) and of `y` (n, new dim) are of the same picture or text."""
    if len(x) != len(y):
        raise ValueError(f"{len(x)} old and {len(y)} new vectors: they must be pairs")
    if len(x) < FEWEST:
        raise ValueError(f"{len(x)} pairs are too few; {FEWEST} at least, and rather a thousand")
    if old == new:
        raise ValueError(f"both vectors are of {old}: there is nothing to bridge")
    x, y = np.asarray(x, np.float64), np.asarray(y, np.float64)
    if not (np.isfinite(x).all() and np.isfinite(y).all()):
        raise ValueError("vectors have numbers that are not finite")
    n = len(x)
    x_mean, y_mean = x.mean(0), y.mean(0)
    # The small side is decomposed: rows when there are few pairs, columns when there are many.
    u, s, vt = np.linalg.svd(x - x_mean, full_matrices=False)
    target = u.T @ (y - y_mean)
    spread = float(((y - y_mean) ** 2).sum()) or 1.0
    scale = float((s**2).mean()) or 1.0
    best = (np.inf, RIDGES[-1])
    for ridge in RIDGES:
        keep = s**2 / (s**2 + ridge * scale)
        residual = y - y_mean - u @ (keep[:, None] * target)
        # 1/n: the mean is fitted too.
        leverage = np.minimum((u**2) @ keep + 1 / n, 1 - 1e-9)
        error = float(((residual / (1 - leverage)[:, None]) ** 2).sum()) / spread
        best = min(best, (error, ridge))
    error, ridge = best
    weight = vt.T @ ((s / (s**2 + ridge * scale))[:, None] * target)
    bias = y_mean - x_mean @ weight
    return Bridge(old, new, weight.astype(np.float32), bias.astype(np.float32), n, ridge, error)
