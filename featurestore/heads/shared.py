"""Labels, weights and vectors as many fits share them: checked, balanced, and laid out for sweeps."""

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from featurestore.heads.crew import Crew
from featurestore.heads.objective import Rows

MIDDLE = 1024  # rows from which the middle of unscaled vectors is told: where it is put changes no result


def balance(y: NDArray[np.floating], weights: NDArray[np.floating]) -> NDArray[np.float64]:
    """(n, h): `weights` (n, h) scaled so that in each head both answers weigh the same, and all as much as before."""
    yes, no = (weights * y).sum(0), (weights * (1 - y)).sum(0)
    if (np.minimum(yes, no) <= 0).any():
        raise ValueError("a head needs examples of both answers")
    whole = yes + no
    return weights * (y * whole / (2 * yes) + (1 - y) * whole / (2 * no))


def labels(
    ys: NDArray[np.floating] | NDArray[np.integer], weights: NDArray[np.floating] | None, n: int, balanced: bool
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    y = np.asarray(ys, np.float64).reshape(n, -1)
    known = y >= 0  # NaN is not
    weight = np.ones(y.shape) if weights is None else np.asarray(weights, np.float64).reshape(n, -1) + np.zeros(y.shape)
    y, weight = np.where(known, y, 0.0), np.where(known, weight, 0.0)
    if (y > 1).any() or (weight < 0).any():
        raise ValueError("labels lie between 0 and 1, weights are not negative")
    return y, balance(y, weight) if balanced else weight


def lay_out(
    x: NDArray[np.floating],
    y: NDArray[np.float64],
    weight: NDArray[np.float64],
    folds: NDArray[np.integer] | None,
    scale: bool,
    on: torch.device,
    hands: Crew,
) -> Rows:
    x = np.ascontiguousarray(x, x.dtype if x.dtype == np.float16 else np.float32)
    mean, deviation = _spread(x, None if scale else MIDDLE)
    cuts: tuple[tuple[int, int], ...] = ()
    if folds is not None:
        edges = np.searchsorted(folds, np.arange(int(folds.max()) + 2))
        cuts = tuple(zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True))
        if min(stop - start for start, stop in cuts) == 0 or folds[0] < 0:
            raise ValueError("folds are numbered from 0 and none is empty")
    return Rows(
        _tensor(x).to(on),
        torch.from_numpy(np.ascontiguousarray(y.T, np.float32)).to(on),
        torch.from_numpy(np.ascontiguousarray(weight.T, np.float32)).to(on),
        cuts,
        torch.from_numpy(mean).to(on),
        torch.from_numpy(deviation if scale else np.ones_like(deviation)).to(on),
        hands,
    )


def _tensor(x: NDArray[np.floating]) -> Tensor:
    """Shares memory with x, which may be a mapped file and is only read."""
    return torch.from_numpy(x) if x.flags.writeable else torch.from_numpy(x.copy())


def _spread(x: NDArray[np.floating], most: int | None) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Mean and standard deviation (d,) of all rows, or of `most` of them: where the middle is put changes no result."""
    if most is not None and len(x) > most:
        x = x[np.linspace(0, len(x) - 1, most).round().astype(np.intp)]
    mean, square = np.zeros(x.shape[1]), np.zeros(x.shape[1])
    for start in range(0, len(x), 4096):
        block = x[start : start + 4096].astype(np.float64)
        mean += block.sum(0)
        square += (block * block).sum(0)
    mean /= len(x)
    deviation = np.sqrt(np.maximum(square / len(x) - mean * mean, 0))
    return mean, np.where(deviation > 1e-6 * np.maximum(np.abs(mean), 1e-12), deviation, 1.0)
