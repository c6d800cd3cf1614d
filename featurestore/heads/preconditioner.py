"""Coordinates in which the objective of a logistic head is nearly round, so that few rounds solve it.

The Hessian of a logistic head is (x - shift)' D (x - shift) / W + l2, D at most 1/4. Its shape is that of the vectors'
covariance, which all heads, strengths and folds share: one covariance of some rows, and one Cholesky factor L for each
strength, serve them all. In u = L' w the first Hessian is about the identity. It decides only how many rounds are
needed, never where they end.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

from featurestore.heads.objective import Rows

CURVATURE = 0.25  # of the logistic function at 0
PROBE = 512  # rows from which it is told whether the covariance is worth its price
ROWS = 8  # for each dimension, of the covariance
PIECES = 8  # of those rows, for the crew


@dataclass(frozen=True)
class Shape:
    """`factor`: (d, d) lower, float64, for each distinct strength, or None: a length (strengths,) does."""

    factor: Tensor | None
    length: Tensor

    def into_w(self, u: Tensor, strength: Tensor) -> tuple[Tensor, Tensor]:
        """(w (k, d), b (k,)) of u (k, d + 1); `strength` int64 (k,) says which of the strengths each column has."""
        return self._apply(u[:, :-1], strength, transposed=True), u[:, -1] / CURVATURE**0.5

    def into_u(self, w: Tensor, b: Tensor, strength: Tensor) -> Tensor:
        """Gradients (k, d) and (k,) for w and b as those for u (k, d + 1)."""
        return torch.cat([self._apply(w, strength, transposed=False), (b / CURVATURE**0.5)[:, None]], 1)

    def _apply(self, part: Tensor, strength: Tensor, transposed: bool) -> Tensor:
        if self.factor is None:
            return part / self.length[strength, None]
        out = torch.empty_like(part)
        for n in torch.unique(strength).tolist():
            here = torch.nonzero(strength == n).squeeze(1)
            factor = self.factor[n].T if transposed else self.factor[n]
            out[here] = torch.linalg.solve_triangular(factor, part[here].T, upper=transposed).T
        return out


def shape(rows: Rows, l2: Tensor, most: int | None = None) -> Shape:
    """For strengths `l2` float64 (strengths,). `most`: rows of the covariance (default: ROWS for each dimension)."""
    n, d = rows.x.shape
    probe = _some(rows, PROBE)
    trace = float((probe * probe).sum() / len(probe))
    length = (CURVATURE * trace / d + l2).sqrt()
    if _is_round(probe, trace):
        return Shape(None, length)
    some = _some(rows, most or ROWS * d)
    squares = list(rows.crew(lambda part: part.T @ part, some.split(-(-len(some) // PIECES))))
    covariance = torch.stack(squares).double().sum(0) / len(some)
    # What few rows say nothing of is held by a share of the mean.
    thin = trace / d * max(1e-6, 0.5 * d / len(some)) if len(some) < n else trace / d * 1e-6
    base = CURVATURE * covariance
    eye = torch.eye(d, dtype=torch.float64, device=l2.device)
    factors = rows.crew(lambda one: torch.linalg.cholesky(base + (CURVATURE * thin + one) * eye), l2)
    return Shape(torch.stack(list(factors)), length)


def _some(rows: Rows, most: int) -> Tensor:
    """At most `most` rows at equal distances, shifted and scaled; float32."""
    n = len(rows.x)
    which = torch.linspace(0, n - 1, min(n, most), device=rows.x.device, dtype=torch.float64).round().long()
    return (rows.x[which].float() - rows.shift.float()) / rows.scale.float()


def _is_round(probe: Tensor, trace: float) -> bool:
    """Whether the vectors vary alike in all directions, by (sum of eigenvalues)^2 / sum of squares of eigenvalues.

    The sum of squares is the mean squared product of two different rows, which has no bias for few rows.
    """
    products = probe @ probe.T
    squares = float((products * products).sum() - (products.diagonal() ** 2).sum()) / max(
        1, len(probe) * (len(probe) - 1)
    )
    return squares <= 0 or trace**2 / squares > probe.shape[1] / 2
