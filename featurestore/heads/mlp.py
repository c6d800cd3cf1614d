"""A small network of one hidden layer: for what no straight cut through the vectors can tell apart.

Trained with AdamW (Loshchilov and Hutter 2019) in torch (mixed precision on a GPU), class-balanced, stopped where the
log loss on rows set aside from training no longer falls. Whether it is used at all, training.py decides on validation.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn.functional import binary_cross_entropy_with_logits as losses

from featurestore.heads.solver import device

HIDDEN = 32
EPOCHS = 80
PATIENCE = 10
BATCH = 256
RATE = 2e-3
DECAY = 1e-2
DROPOUT = 0.2
Watch = Callable[[int, float, float], None]


@dataclass(frozen=True)
class Mlp:
    """`layers`: weight (inputs, outputs) and bias (outputs,) float32, for vectors as they come. See write.Layers."""

    layers: tuple[tuple[NDArray[np.float32], NDArray[np.float32]], ...]
    epochs: int

    def logits(self, x: NDArray[np.floating]) -> NDArray[np.float32]:
        """(n,) of (n, d)."""
        (first, one), (second, two) = self.layers
        return np.asarray((np.maximum(np.asarray(x, np.float32) @ first + one, 0) @ second + two)[:, 0], np.float32)


def train_mlp(
    x: NDArray[np.floating],
    y: NDArray[np.floating],
    weight: NDArray[np.floating],
    aside: NDArray[np.bool_],
    *,
    seed: int = 0,
    watch: Watch = lambda epoch, train, held: None,
    on: torch.device | None = None,
) -> Mlp:
    """Fit `y` (n,), 0..1, on `x` (n, d); `weight` (n,) already balanced; rows `aside` say when to stop.

    Equal input and equal machine give equal bytes.
    """
    on = on or device()
    rest = ~aside
    mean, deviation = x[rest].mean(0, dtype=np.float64), x[rest].std(0, dtype=np.float64)
    deviation = np.where(deviation > 1e-6 * np.maximum(np.abs(mean), 1e-12), deviation, 1.0)

    def tensors(rows: NDArray[np.bool_]) -> tuple[Tensor, Tensor, Tensor]:
        scaled = (x[rows] - mean.astype(np.float32)) / deviation.astype(np.float32)
        parts = (scaled, y[rows], weight[rows] / weight[rows].mean())
        return tuple(torch.from_numpy(np.ascontiguousarray(part, np.float32)).to(on) for part in parts)  # type: ignore[return-value]

    learn, held = tensors(rest), tensors(aside)
    draw = torch.Generator().manual_seed(seed)
    model = _Model(x.shape[1], draw).to(on)
    adam = _Adam(list(model.parameters()))
    best, kept, since, epoch = np.inf, _state(model), 0, 0
    for epoch in range(1, EPOCHS + 1):
        total = _epoch(model, adam, learn, draw)
        now = _held(model, held)
        watch(epoch, total, now)
        if now < best - 1e-4:
            best, kept, since = now, _state(model), 0
        elif (since := since + 1) >= PATIENCE:
            break
    first, one, second, two = (part.cpu().numpy().astype(np.float64) for part in kept)
    scaled = first.T / deviation[:, None]
    layers = ((scaled, one - mean @ scaled), (second.T, two))
    return Mlp(tuple((w.astype(np.float32), b.astype(np.float32)) for w, b in layers), epoch)


class _Model(nn.Module):
    """What is drawn, is drawn from `draw` alone, so that nothing else that draws numbers changes the head."""

    def __init__(self, d: int, draw: torch.Generator) -> None:
        super().__init__()
        self.first, self.second, self.draw = nn.Linear(d, HIDDEN), nn.Linear(HIDDEN, 1), draw
        with torch.no_grad():
            for layer in (self.first, self.second):
                spread = layer.in_features**-0.5
                layer.weight.copy_((torch.rand(layer.weight.shape, generator=draw) * 2 - 1) * spread)
                layer.bias.zero_()

    def forward(self, x: Tensor) -> Tensor:
        """(n,) logits."""
        hidden = torch.relu(self.first(x))
        if self.training:
            kept = (torch.rand(hidden.shape, generator=self.draw) >= DROPOUT).to(x.device)
            hidden = hidden * kept / (1 - DROPOUT)
        return cast(Tensor, self.second(hidden))[:, 0]


def _epoch(model: _Model, adam: "_Adam", learn: tuple[Tensor, Tensor, Tensor], draw: torch.Generator) -> float:
    x, y, weight = learn
    total = 0.0
    model.train()
    order = torch.randperm(len(x), generator=draw).to(x.device)
    for rows in order.split(BATCH):
        with torch.autocast(x.device.type, dtype=torch.bfloat16, enabled=x.is_cuda):
            z = model(x[rows])
        loss = losses(z.float(), y[rows], weight[rows])
        adam.step(torch.autograd.grad(loss, adam.parts))
        total += float(loss.detach()) * len(rows)
    return total / len(x)


class _Adam:
    """AdamW. torch's own brings its compiler along, which takes longer to import than most heads take to train."""

    def __init__(self, parts: list[nn.Parameter]) -> None:
        self.parts, self.steps = parts, 0
        self.mean = [torch.zeros_like(part) for part in parts]
        self.square = [torch.zeros_like(part) for part in parts]

    @torch.no_grad()
    def step(self, gradients: tuple[Tensor, ...]) -> None:
        self.steps += 1
        first, second = 1 - 0.9**self.steps, 1 - 0.999**self.steps
        for part, gradient, mean, square in zip(self.parts, gradients, self.mean, self.square, strict=True):
            mean.lerp_(gradient, 0.1)
            square.mul_(0.999).addcmul_(gradient, gradient, value=0.001)
            part.mul_(1 - RATE * DECAY)
            part.addcdiv_(mean / first, (square / second).sqrt_().add_(1e-8), value=-RATE)


@torch.no_grad()
def _held(model: _Model, held: tuple[Tensor, Tensor, Tensor]) -> float:
    x, y, weight = held
    model.eval()
    return float(losses(model(x), y, weight))


def _state(model: _Model) -> list[Tensor]:
    return [part.detach().clone() for part in model.parameters()]
