"""What a head keeps of what it learned from, so that a distance can say what is new. Pure: no Django.

Kept are the means of the themes, the directions in which creations of one theme differ, and the vectors of up to KEPT
creations that neither the means nor the head had seen: against their distances those of others are held.

The distance is the angle to the nearest mean after what varies inside themes was made small (Mahalanobis distance on
vectors of unit length: Mueller and Hein, "Mahalanobis++", ICML 2025), seen from the middle of what is searched. Where
many are new the middle lies towards them, and known themes are left behind it; from the middle of the known ones it
tells far less (docs/new-themes.md).
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

KEPT, APART = 400, 0.25  # creations at most; of what there is to learn from
LEAST = 20  # creations kept; with fewer no rate of false alarms can be set
DIRECTIONS = 128
CALM = 2.0  # of the mean variance, added to each direction
SURE = 0.95  # of a text; nothing is strange that the head is so sure of
_NAMES = ("means", "turn", "gain", "kept", "said")

Vectors = NDArray[np.floating]
Scores = NDArray[np.float64]


@dataclass(frozen=True)
class Ground:
    """`means` (themes, dim); `turn` (r, dim) rows of unit length, by `gain` (r,) of what they are they grow or shrink;
    `kept` (m, dim) with `said` (m,), the probability of their likeliest theme."""

    means: Vectors
    turn: Vectors
    gain: Vectors
    kept: Vectors
    said: Vectors

    @classmethod
    def of(cls, arrays: Mapping[str, NDArray]) -> "Ground | None":
        """From a head's file; None where it has none, or too little."""
        if not all(f"ground_{name}" in arrays for name in _NAMES) or len(arrays["ground_kept"]) < LEAST:
            return None
        return cls(*(np.asarray(arrays[f"ground_{name}"], np.float64) for name in _NAMES))

    @property
    def arrays(self) -> dict[str, NDArray]:
        """For a head's file."""
        return {f"ground_{name}": np.asarray(getattr(self, name), np.float16) for name in _NAMES}

    def scores(self, vectors: Vectors, said: Vectors | None = None) -> tuple[Scores, Scores]:
        """(n,) of what is searched and (m,) of what was kept, higher is stranger. `vectors` (n, dim).

        With `said` (n,), the probability of the likeliest theme, both count alike, as deviations from what was kept.
        """
        if not len(vectors):
            return np.zeros(0), np.zeros(len(self.kept))
        x = np.asarray(vectors, np.float64)
        middle = x.mean(0)
        means = _unit(self.placed(self.means - middle))
        away, known = (-(_unit(self.placed(part - middle)) @ means.T).max(1) for part in (x, self.kept))
        if said is None:
            return away, known
        strange, usual = (np.log(1 - np.minimum(p, 1.0) + 1e-6) for p in (np.asarray(said, np.float64), self.said))
        sums = [_deviation(one, usual) + _deviation(other, known) for one, other in ((strange, away), (usual, known))]
        return (
            np.where(np.asarray(said) > SURE, -np.inf, sums[0]),
            np.where(self.said > SURE, -np.inf, sums[1]),
        )

    def placed(self, x: Vectors) -> Vectors:
        return x + ((x @ self.turn.T) * self.gain) @ self.turn


def made(vectors: Vectors, theme: NDArray[np.intp], kept: Vectors, said: Vectors) -> Ground:
    """`vectors` (n, dim) with their `theme`; `kept` (m, dim) are others, of known themes too."""
    x = np.asarray(vectors, np.float64)
    at = [np.flatnonzero(theme == name) for name in np.unique(theme)]
    means = np.stack([x[rows].mean(0) for rows in at])
    # Themes count alike, whatever the number of their creations.
    rest = np.concatenate(
        [(x[rows] - mean) / np.sqrt(len(rows) * len(at)) for rows, mean in zip(at, means, strict=True)]
    )
    _, size, turn = np.linalg.svd(rest, full_matrices=False)
    size, turn = size[:DIRECTIONS], turn[:DIRECTIONS]
    floor = max(1e-12, CALM * float((rest**2).sum()) / x.shape[1])
    gain = np.sqrt(floor / (size**2 + floor)) - 1
    return Ground(means, turn, gain, np.asarray(kept, np.float64), np.asarray(said, np.float64))


def learned(vectors: Vectors, theme: NDArray[np.intp], said: Vectors, group: NDArray[np.intp]) -> Ground | None:
    """The ground of a head. `said` (n,): the probability of the likeliest theme, by a head that had not seen the row;
    rows of one `group` (a figure in several pictures) are kept or learned from together. None: too few rows."""
    rng = np.random.default_rng(7)
    names, of = np.unique(group, return_inverse=True)
    apart = np.isin(of, rng.permutation(len(names))[: round(len(names) * APART)])
    kept = rng.permutation(np.flatnonzero(apart))[:KEPT]
    rest = np.flatnonzero(~apart)
    if len(kept) < LEAST or len(np.unique(theme[rest])) < len(np.unique(theme)):
        return None
    return made(vectors[rest], theme[rest], vectors[kept], said[kept])


def _unit(x: Vectors) -> Vectors:
    return x / np.maximum(1e-9, np.linalg.norm(x, axis=1, keepdims=True))


def _deviation(of: Scores, among: Scores) -> Scores:
    return (of - among.mean()) / max(1e-9, float(among.std()))
