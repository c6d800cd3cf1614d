"""Which vectors are near-duplicates of each other, without comparing every pair.

Locality-sensitive hashing for Euclidean distance (Datar, Immorlica, Indyk, Mirrokni 2004): a vector falls into a cell
of a few random projections, each cut into strips of a width that a near pair seldom straddles. Cells are compared with
their neighbours only, in several tables. The projections come from a fixed seed and not from the data, so a pair that
was found once is looked at again however much is added.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

SEED = 20260301
TABLES = 24
AT_ONCE = 6  # tables projected in one pass over the vectors
STRIPS = 8  # projections a cell
WIDTH = 4.0  # of a strip, in radii
BESIDE = 4  # how many neighbours within its cell a vector is compared with
FEW = 2000  # so many are compared pair by pair
BLOCK = 8192  # rows or pairs that are widened to float32 at once

Vectors = NDArray[np.floating]
Rows = NDArray[np.intp]


def unit(x: Vectors) -> NDArray[np.float32]:
    """Rows brought to length 1 (a row of zeros stays): distance then means angle, whatever the encoder's scale."""
    rows = np.asarray(x, np.float32)
    return rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-12)


def components(x: Vectors, radius: float) -> Rows:
    """(n,): equal numbers for rows of `x` (n, dim) that hang together by steps of at most `radius` when of length 1.

    Up to 2,000 rows exactly; above, a pair near the full radius is missed now and then (docs/featurestore-data.md has
    the measured share). Memory beyond `x`: about 300 bytes a row.
    """
    parts = list(_all_pairs(unit(x), radius) if len(x) <= FEW else _hashed_pairs(x, radius))
    return join(len(x), np.concatenate([np.zeros((2, 0), np.intp), *parts], axis=1))


def join(n: int, pairs: Rows) -> Rows:
    """Connected components of n points under `pairs` (2, m)."""
    ones = np.ones(pairs.shape[1], np.int8)
    return connected_components(coo_matrix((ones, (pairs[0], pairs[1])), shape=(n, n)), directed=False)[1]


def _all_pairs(x: NDArray[np.float32], radius: float) -> Iterator[Rows]:
    square = (x * x).sum(1)
    for start in range(0, len(x), 512):
        block = slice(start, start + 512)
        distance = square[block, None] + square[None, start:] - 2 * (x[block] @ x[start:].T)
        left, right = np.nonzero(distance <= radius * radius + 1e-6)
        upper = left < right
        yield np.stack([left[upper] + start, right[upper] + start])


def _hashed_pairs(x: Vectors, radius: float) -> Iterator[Rows]:
    """Pairs that are near, enough of them that what hangs together does."""
    rng = np.random.default_rng(SEED)
    together = np.arange(len(x))
    found = np.zeros((2, 0), np.intp)
    for _ in range(0, TABLES, AT_ONCE):
        directions = rng.normal(size=(x.shape[1], AT_ONCE * (STRIPS + 1))).astype(np.float32)
        projected = np.empty((len(x), directions.shape[1]), np.float32)
        for start in range(0, len(x), BLOCK):
            projected[start : start + BLOCK] = unit(x[start : start + BLOCK]) @ directions
        for table in np.split(projected, AT_ONCE, axis=1):
            cell, line = _cells(table[:, :STRIPS], radius, rng), table[:, STRIPS]
            # Within a cell in the order of one more projection: near ones are side by side even where it is crowded.
            order = np.lexsort((line, cell))
            for step in range(1, BESIDE + 1):
                a, b = order[:-step], order[step:]
                look = (cell[a] == cell[b]) & (together[a] != together[b])
                a, b = a[look], b[look]
                likely = _likely(projected, a, b, radius)
                near = _near(x, a[likely], b[likely], radius)
                found = np.concatenate([found, near], axis=1)
                yield near
            together = join(len(x), found)


def _cells(projected: NDArray[np.float32], radius: float, rng: np.random.Generator) -> NDArray[np.int64]:
    """(n,): the number of each row's cell. It wraps around: two cells share a number once in 10^19."""
    strips = np.floor(projected / (WIDTH * radius) + rng.random(projected.shape[1])).astype(np.int64)
    return strips @ (rng.integers(1, 2**62, projected.shape[1], dtype=np.int64) | 1)


def _likely(projected: NDArray[np.float32], a: Rows, b: Rows, radius: float) -> NDArray[np.bool_]:
    """Whether it is worth measuring: 54 projections know the distance to a tenth (1.5: five standard deviations)."""
    difference = projected[a] - projected[b]
    return np.einsum("np,np->n", difference, difference) <= projected.shape[1] * (1.5 * radius) ** 2


def _near(x: Vectors, a: Rows, b: Rows, radius: float) -> Rows:
    """Those of the pairs that really are near."""
    keep = np.zeros(len(a), bool)
    for start in range(0, len(a), BLOCK):
        block = slice(start, start + BLOCK)
        difference = unit(x[a[block]]) - unit(x[b[block]])
        keep[block] = np.einsum("nd,nd->n", difference, difference) <= radius * radius
    return np.stack([a[keep], b[keep]])
