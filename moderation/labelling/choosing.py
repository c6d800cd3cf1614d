"""Which ones to ask about. Arrays and ids in, ids out; the same seed, the same choice."""

from collections.abc import Mapping, Sequence
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]
T = TypeVar("T")
MOST_CLUSTERS = 16
A_CLUSTER = 10  # labelled vectors at least


def strangeness(x: Vectors, known: Vectors, seed: int = 0) -> NDArray[np.float64]:
    """(n,): how far each of `x` (n, dim) is from the nearest cluster of what is labelled, in radii of that cluster.

    Above 1: outside of what the cluster's members themselves reach on average.
    """
    from sklearn.cluster import KMeans

    clusters = max(1, min(MOST_CLUSTERS, len(known) // A_CLUSTER))
    found = KMeans(clusters, n_init=1, random_state=seed).fit(known)
    own = np.linalg.norm(known - found.cluster_centers_[found.labels_], axis=1)
    radius = np.array([own[found.labels_ == n].mean() for n in range(clusters)])
    floor = max(float(own.mean()), 1e-9)  # a cluster of one would be infinitely far from everything
    far = np.linalg.norm(x[:, None] - found.cluster_centers_[None], axis=2)
    return (far / np.maximum(radius, floor / 2)).min(1)


def nearest(x: Vectors, known: Vectors, k: int = 5) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
    """(n, k) places in `known` of the nearest to each of `x`, and how far they are."""
    far = np.linalg.norm(x[:, None].astype(np.float64) - known[None], axis=2)
    k = min(k, len(known))
    place = np.argsort(far, axis=1, kind="stable")[:, :k]
    return place, np.take_along_axis(far, place, 1)


def mix(
    ranked: Mapping[str, Sequence[T]], weights: Mapping[str, int], n: int, rng: np.random.Generator
) -> list[tuple[T, str]]:
    """At most n different ones with the reason each was chosen for. `ranked`: by reason, best first.

    Each next one's reason is drawn by the weights of those reasons that still have somebody to offer.
    """
    left = {why: list(reversed(some)) for why, some in ranked.items() if weights.get(why, 0) > 0}
    taken: dict[T, str] = {}
    while len(taken) < n:
        for why in [why for why, some in left.items() if not _drop(some, taken)]:
            del left[why]
        if not left:
            break
        names = list(left)
        share = np.array([weights[why] for why in names], float)
        why = names[rng.choice(len(names), p=share / share.sum())]
        taken[left[why].pop()] = why
    return list(taken.items())


def _drop(some: list[T], taken: Mapping[T, str]) -> list[T]:
    while some and some[-1] in taken:
        some.pop()
    return some
