"""A million pairs become a few hundred counts, in one sweep; every statistic is computed from those.

A row counts in a *type*: (chance level, label, champion's hit, challenger's hit). Nothing else of a row matters for the
paired statistics, so a bootstrap draws types, not rows, and costs the same for a thousand pairs and for a million.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from featurestore.compare.estimate import Floats
from featurestore.compare.pairs import Pairs

Ints = NDArray[np.int64]
BINS = 1000  # of a score
LEVELS = 16  # at most so many chances are told apart; closer ones are put together
UNKNOWN, NO, YES = 0, 1, 2  # places on the axis `label`


@dataclass(frozen=True)
class Counts:
    """`chance` (k,): of seeing a row, by level. The last four axes of every table of counts are
    (level k, label 3, champion's hit 2, challenger's hit 2), with label 0 unknown, 1 no, 2 yes.

    `cells` (k, 3, 2, 2); `by_day` (d, k, 3, 2, 2) with `days` (d,), every day from the first to the last;
    `by_stratum` name -> cells; `by_slice` dimension -> name -> cells; `a_scores`, `b_scores` (BINS, k, 3).
    """

    chance: Floats
    cells: Ints
    days: NDArray[np.datetime64]
    by_day: Ints
    by_stratum: dict[str, Ints]
    by_slice: dict[str, dict[str, Ints]]
    a_scores: Ints
    b_scores: Ints

    @property
    def total(self) -> int:
        return int(self.cells.sum())

    @property
    def labelled(self) -> int:
        return int(self.cells[:, NO:].sum())


def count(pairs: Pairs) -> Counts:
    """One pass for each axis, no Python for each row. Raises ValueError when there are no pairs."""
    if not len(pairs):
        raise ValueError("no pairs")
    level, chance = levels(pairs.chance)
    shape = (len(chance), 3, 2, 2)
    known = level * 3 + (pairs.label + np.int8(1))
    kind = known * 4 + (pairs.a_hit.view(np.int8) * np.int8(2) + pairs.b_hit.view(np.int8))
    days = pairs.day.astype("datetime64[D]", copy=False)
    first = days.min()
    since = (days - first).view(np.int64)
    return Counts(
        chance=chance,
        cells=_table(kind, 1, shape)[0],
        days=first + np.arange(int(since.max()) + 1),
        by_day=_table(kind, int(since.max()) + 1, shape, since),
        by_stratum=dict(
            zip(pairs.strata, _table(kind, len(pairs.strata), shape, pairs.stratum), strict=True),
        ),
        by_slice={
            dimension: dict(zip(names, _table(kind, len(names), shape, codes), strict=True))
            for dimension, (codes, names) in pairs.slices.items()
            if names
        },
        a_scores=_table(known, BINS, shape[:2], _bins(pairs.a_score)),
        b_scores=_table(known, BINS, shape[:2], _bins(pairs.b_score)),
    )


def _table(kind: NDArray[np.intp], rows: int, shape: tuple[int, ...], row: NDArray[np.integer] | None = None) -> Ints:
    size = int(np.prod(shape))
    code = kind if row is None else kind + np.multiply(row, size, dtype=np.intp)
    return np.bincount(code, minlength=rows * size).reshape(rows, *shape)


def _bins(score: NDArray[np.float32]) -> NDArray[np.int32]:
    return np.clip((score * np.float32(BINS)).astype(np.int32), 0, BINS - 1)


def levels(chance: NDArray[np.float32]) -> tuple[NDArray[np.intp], Floats]:
    """Which of at most LEVELS chances each row has (n,), and those chances (k,), by the leading bits of the number:
    chances within 0.2 % of each other are one level (more when there are many), with the mean of its rows."""
    raw = np.ascontiguousarray(chance, np.float32)
    if not (raw.min() >= 0 and raw.max() <= 1):
        raise ValueError("a chance lies between 0 and 1")
    bits = raw.view(np.int32)
    for shift in range(14, 24):
        leading = bits >> shift
        rows = np.bincount(leading)
        used = np.flatnonzero(rows)
        if len(used) <= LEVELS:
            break
    place = np.zeros(len(rows), np.intp)
    place[used] = np.arange(len(used))
    if shift == 14:  # all rows of a level have nearly the same chance: any of them stands for it
        one = np.empty(len(rows), np.float64)
        one[leading] = raw
        return place[leading], one[used]
    return place[leading], np.bincount(leading, weights=raw)[used] / rows[used]


def weights(chance: Floats) -> Floats:
    """1 / chance; 0 where nobody was ever going to look, since no label comes from there."""
    return np.divide(1.0, chance, out=np.zeros(len(chance)), where=chance > 0)
