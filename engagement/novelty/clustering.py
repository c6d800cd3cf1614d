"""Groups of strange creations that are there again when a part of them is left out. Pure: no Django.

HDBSCAN (Campello, Moulavi and Sander, 2013), its leaves: a group that is large at every density would hold several
themes.
Stability after Hennig, "Cluster-wise assessment of cluster stability", 2007: the Jaccard similarity of a group to the
likest one of a resample, over their common creations, on average.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.cluster import HDBSCAN

Rows = NDArray[np.intp]

SMALLEST, NEIGHBOURS = 15, 5
RESAMPLES, SHARE = 4, 0.8
STABLE = 0.45  # mean Jaccard; below, a group is an accident of what was published
SEED = 7


@dataclass(frozen=True)
class Group:
    """`rows`: its points, nearest to the middle first; so the first ones are its medoids."""

    rows: Rows
    stability: float


def groups(x: NDArray[np.floating], resamples: int = RESAMPLES) -> list[Group]:
    """Stable groups of the points (n, dim), most stable first."""
    whole = _cut(x)
    if not whole:
        return []
    rng = np.random.default_rng(SEED)
    likest = np.zeros((resamples, len(whole)))
    for row in likest:
        part = np.sort(rng.choice(len(x), max(1, round(len(x) * SHARE)), replace=False))
        there = [set(part[rows].tolist()) for rows in _cut(x[part])]
        kept = set(part.tolist())
        for i, rows in enumerate(whole):
            mine = set(rows.tolist()) & kept
            row[i] = max((len(mine & other) / len(mine | other) for other in there), default=0.0) if mine else 0.0
    stability = likest.mean(0)
    found = [Group(middle_first(x, rows), float(s)) for rows, s in zip(whole, stability, strict=True) if s >= STABLE]
    return sorted(found, key=lambda group: (-group.stability, int(group.rows[0])))


def _cut(x: NDArray[np.floating]) -> list[Rows]:
    if len(x) < 2 * SMALLEST:
        return []
    model = HDBSCAN(SMALLEST, min_samples=NEIGHBOURS, cluster_selection_method="leaf", copy=True)
    labels = model.fit_predict(np.asarray(x, np.float64))
    return [np.flatnonzero(labels == label) for label in range(labels.max() + 1)]


def middle_first(x: NDArray[np.floating], rows: Rows) -> Rows:
    away = ((x[rows] - x[rows].mean(0)) ** 2).sum(1)
    return rows[np.argsort(away, kind="stable")]
