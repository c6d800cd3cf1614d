"""Which of this week's cards is one that was there before. Pure: no Django."""

from collections.abc import Sequence, Set
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

SHARED = 0.4  # of the smaller one's creations
NEAR = 0.92  # cosine of their means, seen from the mean of all


@dataclass(frozen=True)
class Known:
    """A card: who is in it, and where it lies. `mean` (dim,) of its vectors, less that of all creations of its time."""

    members: Set[Any]
    mean: NDArray[np.floating]


def matched(new: Sequence[Known], old: Sequence[Known]) -> list[int | None]:
    """For each new card the place of the old one that it is, or None; an old one is given once.

    Weeks overlap, so a card shares creations with its earlier self; after a break only the place is left to know it by.
    """
    if not new or not old:
        return [None] * len(new)
    like = np.zeros((len(new), len(old)))
    for i, a in enumerate(new):
        for j, b in enumerate(old):
            shared = len(a.members & b.members) / max(1, min(len(a.members), len(b.members)))
            near = _cosine(a.mean, b.mean)
            if shared >= SHARED or near >= NEAR:
                like[i, j] = shared + max(0.0, near)
    rows, columns = linear_sum_assignment(-like)
    found: list[int | None] = [None] * len(new)
    for i, j in zip(rows, columns, strict=True):
        if like[i, j] > 0:
            found[int(i)] = int(j)
    return found


def _cosine(a: NDArray[np.floating], b: NDArray[np.floating]) -> float:
    if a.shape != b.shape:
        return 0.0  # of two encoders without a bridge
    size = float(np.linalg.norm(a) * np.linalg.norm(b))
    return float(a @ b) / size if size else 0.0
