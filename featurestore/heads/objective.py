"""The objective of many heads at once, on shared vectors: its value and gradient for k columns in one sweep over x.

A column is one fit: a head, a strength and, in cross-validation, a fold that it must not see. All of them read the same
rows, so the products are (rows, d) @ (d, k): what one fit does by reading x from memory again and again, many do by
arithmetic on a block that is already there. Products are float32 (on a GPU also TF32), sums over blocks float64.

    F(w, b) = 1/W sum_i s_i (softplus(z_i) - y_i z_i) + l2/2 |w|^2,   z = w . (x - shift)/scale + b,   W = sum_i s_i

Shift and scale are folded into w and b before each sweep: x itself is never copied or changed.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import torch
from torch import Tensor
from torch.nn.functional import softplus

# Rows of a block: few enough to stay in a shared cache between the two products, many enough to keep them efficient.
BLOCK = {"cpu": 2048, "cuda": 65536}
NO_FOLD = -1


@dataclass(frozen=True)
class Rows:
    """What all columns share. `x` (n, d) float32 or float16; `y` and `weight` float32 (n, h), weight 0 where a head has
    no label; `folds`: (start, stop) of each fold's rows, which lie together; `shift` and `scale` float64 (d,)."""

    x: Tensor
    y: Tensor
    weight: Tensor
    folds: tuple[tuple[int, int], ...]
    shift: Tensor
    scale: Tensor

    def blocks(self, start: int, stop: int) -> Iterator[tuple[slice, Tensor]]:
        """The rows from `start` to `stop`, a block at a time, as float32."""
        step = BLOCK["cuda" if self.x.is_cuda else "cpu"]
        for first in range(start, stop, step):
            rows = slice(first, min(first + step, stop))
            yield rows, self.x[rows].float()

    def raw(self, w: Tensor, b: Tensor) -> tuple[Tensor, Tensor]:
        """Weights of scaled vectors (d, k) and biases (k,) as those of x itself, still float64."""
        weight = w / self.scale[:, None]
        return weight, b - self.shift @ weight


@dataclass(frozen=True)
class Columns:
    """k fits. `head`, `fold` int64 (k,), the fold being the one left out or NO_FOLD; `l2` and `total` (W) float64."""

    head: Tensor
    fold: Tensor
    l2: Tensor
    total: Tensor

    def __len__(self) -> int:
        return len(self.head)

    def take(self, which: Tensor) -> "Columns":
        return replace(self, **{name: getattr(self, name)[which] for name in ("head", "fold", "l2", "total")})


def value_and_gradient(rows: Rows, columns: Columns, w: Tensor, b: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """(F (k,), its gradient for w (d, k), for b (k,)), float64. `w` float64 (d, k), `b` (k,), of scaled vectors."""
    weight, bias = (part.float() for part in rows.raw(w, b))
    value, slope, gradient = torch.zeros_like(b), torch.zeros_like(b), torch.zeros_like(w.T)
    whole = bool((columns.fold == NO_FOLD).all())
    for fold, (start, stop) in [(NO_FOLD, (0, len(rows.x)))] if whole else enumerate(rows.folds):
        seen = None if whole else torch.nonzero(columns.fold != fold).squeeze(1)
        found = _sweep(rows, start, stop, *_of(seen, weight, bias, columns.head))
        for total, part in zip((value, slope, gradient), found, strict=True):
            if seen is None:
                total += part
            else:
                total.index_add_(0, seen, part)
    # d z / d w = (x - shift) / scale
    down = (gradient.T - rows.shift[:, None] * slope) / rows.scale[:, None]
    return (
        value / columns.total + columns.l2 / 2 * (w * w).sum(0),
        down / columns.total + columns.l2 * w,
        slope / columns.total,
    )


def _of(seen: Tensor | None, weight: Tensor, bias: Tensor, head: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    return (weight, bias, head) if seen is None else (weight[:, seen].contiguous(), bias[seen], head[seen])


def _sweep(
    rows: Rows, start: int, stop: int, weight: Tensor, bias: Tensor, head: Tensor
) -> tuple[Tensor, Tensor, Tensor]:
    """Sums over rows start..stop: of the losses (k,), of residuals (k,), of residuals times x (k, d); float64."""
    value = torch.zeros(len(bias), dtype=torch.float64, device=bias.device)
    slope, gradient = torch.zeros_like(value), torch.zeros_like(weight.T, dtype=torch.float64)
    for block, x in rows.blocks(start, stop):
        z = torch.addmm(bias, x, weight)
        y, s = rows.y[block][:, head], rows.weight[block][:, head]
        value += (softplus(z).sub_(y * z)).mul_(s).sum(0)
        residual = torch.sigmoid(z).sub_(y).mul_(s)
        slope += residual.sum(0)
        gradient += residual.T @ x
    return value, slope, gradient
