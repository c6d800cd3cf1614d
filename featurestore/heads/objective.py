"""The objective of many heads at once, on shared vectors: its value and gradient for k columns in one sweep over x.

A column is one fit: a head, a strength and, in cross-validation, a fold that it must not see. All of them read the same
rows: what one fit does by reading x from memory twice in each round, many do by arithmetic on a block that is already
there. Products are float32 (on a GPU also TF32), sums over chunks float64.

    F(w, b) = 1/W sum_i s_i (softplus(z_i) - y_i z_i) + l2/2 |w|^2,   z = w . (x - shift)/scale + b,   W = sum_i s_i

Shift and scale are folded into w and b before each sweep: x itself is never copied or changed.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import torch
from torch import Tensor
from torch.nn.functional import softplus

from featurestore.heads.crew import Crew

# Rows of a block: few enough to stay in the cache between its two products, many enough that what Python does for each
# is nothing beside them.
BLOCK = {"cpu": 1024, "cuda": 16384}
CHUNK = 8  # blocks that one thread sums in float32
NO_FOLD = -1


@dataclass(frozen=True)
class Rows:
    """What all columns share. `x` (n, d) float32 or float16; `y` and `weight` float32 (h, n), weight 0 where a head has
    no label; `folds`: (start, stop) of each fold's rows, which lie together; `shift` and `scale` float64 (d,)."""

    x: Tensor
    y: Tensor
    weight: Tensor
    folds: tuple[tuple[int, int], ...]
    shift: Tensor
    scale: Tensor
    crew: Crew

    @property
    def block(self) -> int:
        return BLOCK["cuda" if self.x.is_cuda else "cpu"]

    def raw(self, w: Tensor, b: Tensor) -> tuple[Tensor, Tensor]:
        """Weights of scaled vectors (k, d) and biases (k,) as those of x itself, still float64."""
        weight = w / self.scale
        return weight, b - weight @ self.shift


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


@dataclass(frozen=True)
class _Chunk:
    """Rows start..stop, and the columns that see them: their places `seen` (None for all), what they are (k, …)."""

    start: int
    stop: int
    seen: Tensor | None
    weight: Tensor
    bias: Tensor
    head: Tensor
    nothing: bool  # all weights are 0, as at the start


def value_and_gradient(rows: Rows, columns: Columns, w: Tensor, b: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """(F (k,), its gradient for w (k, d), for b (k,)), float64. `w` float64 (k, d), `b` (k,), of scaled vectors."""
    weight, bias = (part.float() for part in rows.raw(w, b))
    value, slope, gradient = torch.zeros_like(b), torch.zeros_like(b), torch.zeros_like(w)
    chunks = list(_chunks(rows, columns, weight, bias))
    for chunk, found in zip(chunks, rows.crew(lambda chunk: _sums(rows, chunk), chunks), strict=True):
        for total, part in zip((value, slope, gradient), found, strict=True):
            if chunk.seen is None:
                total += part
            else:
                total.index_add_(0, chunk.seen, part.double())
    # d z / d w = (x - shift) / scale
    down = (gradient - slope[:, None] * rows.shift) / rows.scale / columns.total[:, None]
    penalty = columns.l2 / 2 * (w * w).sum(1)
    return value / columns.total + penalty, down + columns.l2[:, None] * w, slope / columns.total


def _chunks(rows: Rows, columns: Columns, weight: Tensor, bias: Tensor) -> Iterator[_Chunk]:
    step, nothing = CHUNK * rows.block, not bool(weight.any())
    if bool((columns.fold == NO_FOLD).all()):
        for start in range(0, len(rows.x), step):
            yield _Chunk(start, min(start + step, len(rows.x)), None, weight, bias, columns.head, nothing)
        return
    for fold, (first, last) in enumerate(rows.folds):
        seen = torch.nonzero(columns.fold != fold).squeeze(1)
        if len(seen):
            parts = weight[seen], bias[seen], columns.head[seen]
            for start in range(first, last, step):
                yield _Chunk(start, min(start + step, last), seen, *parts, nothing)


def _sums(rows: Rows, chunk: _Chunk) -> tuple[Tensor, Tensor, Tensor]:
    """Over the chunk's rows: of the losses (k,), of residuals (k,), float64; of residuals times x (k, d), float32."""
    value = torch.zeros(len(chunk.bias), dtype=torch.float64, device=chunk.bias.device)
    slope, gradient = torch.zeros_like(value), torch.zeros_like(chunk.weight)
    bias = chunk.bias[:, None]
    for start in range(chunk.start, chunk.stop, rows.block):
        block = slice(start, min(start + rows.block, chunk.stop))
        # Columns are the rows of every product: with few of them this is twice as fast as the other way round.
        x = rows.x[block].float()
        z = bias.expand(-1, len(x)).clone() if chunk.nothing else torch.addmm(bias, chunk.weight, x.T)
        y, s = rows.y[:, block][chunk.head], rows.weight[:, block][chunk.head]
        value += softplus(z).addcmul_(y, z, value=-1).mul_(s).sum(1)
        residual = z.sigmoid_().sub_(y).mul_(s)
        slope += residual.sum(1)
        gradient.addmm_(residual, x)
    return value, slope, gradient
