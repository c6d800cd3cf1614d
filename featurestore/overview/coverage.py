"""A map of a sample of vectors, and how much of what comes in lies near something labelled. Arrays in, arrays out."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from featurestore.overview.intervals import Interval, share

LEAST = 10


@dataclass(frozen=True)
class Map:
    """`at` float32 (n, 2): each vector on the two directions that differ most; `shown`: the share of all variance that
    these two have. `near` : share of the unlabelled that have a labelled neighbour as near as labelled ones have
    (None without labelled and unlabelled ones)."""

    at: NDArray[np.float32]
    shown: float
    near: Interval | None


def draw(x: NDArray[np.float32], labelled: NDArray[np.bool_]) -> Map | None:
    """`x` (n, dim). None for fewer than LEAST vectors."""
    if len(x) < LEAST:
        return None
    centred = x.astype(np.float64) - x.mean(0)
    u, s, _ = np.linalg.svd(centred, full_matrices=False)
    variance = s * s
    # A direction has two ends; the longer one points to the right, so that a map drawn again looks the same.
    at = u[:, :2] * s[:2]
    at *= np.where(np.abs(at.min(0)) > at.max(0), -1, 1)
    shown = float(variance[:2].sum() / max(variance.sum(), 1e-12))
    return Map(at.astype(np.float32), shown, near(x, labelled))


def near(x: NDArray[np.float32], labelled: NDArray[np.bool_]) -> Interval | None:
    """The distance within which 95 % of labelled vectors have another labelled one is what "near" means."""
    known, other = x[labelled].astype(np.float64), x[~labelled].astype(np.float64)
    if len(known) < LEAST or not len(other):
        return None
    among = _squares(known, known)
    np.fill_diagonal(among, np.inf)
    limit = np.quantile(among.min(1), 0.95)
    return share(int((_squares(other, known).min(1) <= limit).sum()), len(other))


def _squares(a: NDArray[np.float64], b: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.maximum((a * a).sum(1)[:, None] + (b * b).sum(1)[None] - 2 * a @ b.T, 0)
