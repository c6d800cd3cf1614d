"""How far people agree, beyond what chance gives: 1 always, 0 as by chance, below 0 less than that.

Cohen's kappa (1960) for two people, Krippendorff's alpha (nominal) for more, who need not all have answered everything.
Intervals: questions are drawn again with replacement, 95 % of the figures lie between `low` and `high`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

DRAWS = 2000
LEAST = 10  # questions that at least two people answered; with fewer nothing is said


@dataclass(frozen=True)
class Agreed:
    measure: Literal["Cohen's kappa", "Krippendorff's alpha"]
    people: int
    questions: int
    figure: float
    low: float
    high: float


def agreed(answers: Mapping[object, Mapping[object, str]], seed: int = 0) -> Agreed | None:
    """`answers`: question -> person -> value. None when too few questions had two answers, or when everybody always
    said the same, so that chance would have agreed as well."""
    shared = [said for said in answers.values() if len(said) > 1]
    people = sorted({str(person) for said in shared for person in said})
    if len(shared) < LEAST:
        return None
    rng = np.random.default_rng(seed)
    drawn = rng.multinomial(len(shared), np.full(len(shared), 1 / len(shared)), DRAWS)
    weights = np.vstack([np.ones(len(shared), np.int64), drawn])
    if len(people) == 2:
        first, second = (
            [{str(person): value for person, value in said.items()}[name] for said in shared] for name in people
        )
        measure, figures = "Cohen's kappa", kappa(first, second, weights)
    else:
        measure, figures = "Krippendorff's alpha", alpha([list(said.values()) for said in shared], weights)
    if np.isnan(figures[0]):
        return None
    low, high = np.nanquantile(figures[1:], [0.025, 0.975])
    return Agreed(measure, len(people), len(shared), float(figures[0]), float(low), float(high))  # type: ignore[arg-type]


def kappa(first: Sequence[str], second: Sequence[str], weights: NDArray[np.int64] | None = None) -> NDArray[np.float64]:
    """Two people's answers to the same n questions. `weights` (draws, n): how often each question counts; a figure a
    draw, nan where chance alone agrees always."""
    values = sorted({*first, *second})
    a, b = (_one_hot([[value] for value in said], values) for said in (first, second))
    w = _all(len(first)) if weights is None else weights
    n = w.sum(1)
    seen = (w @ (a * b).sum(1)) / n
    chance = ((w @ a) / n[:, None] * ((w @ b) / n[:, None])).sum(1)
    return _beyond(seen, chance)


def alpha(units: Sequence[Sequence[str]], weights: NDArray[np.int64] | None = None) -> NDArray[np.float64]:
    """The values that were given to each of n questions, at least two each."""
    values = sorted({value for unit in units for value in unit})
    counts = _one_hot(units, values)
    w = _all(len(units)) if weights is None else weights
    m = counts.sum(1)
    apart = (m * m - (counts * counts).sum(1)) / (m - 1)  # pairs that differ, each answer weighing one
    n, by_value = w @ m, w @ counts
    observed = (w @ apart) / n
    expected = (n * n - (by_value * by_value).sum(1)) / (n * (n - 1))
    return _beyond(1 - observed, 1 - expected)


def _one_hot(units: Sequence[Sequence[str]], values: Sequence[str]) -> NDArray[np.float64]:
    return np.array([[list(unit).count(value) for value in values] for unit in units], float)


def _all(n: int) -> NDArray[np.int64]:
    return np.ones((1, n), np.int64)


def _beyond(seen: NDArray[np.float64], chance: NDArray[np.float64]) -> NDArray[np.float64]:
    left = 1 - chance
    return np.where(left > 1e-12, (seen - chance) / np.where(left > 1e-12, left, 1), np.nan)
