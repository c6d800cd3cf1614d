"""How far people agree, beyond what chance gives, with 95 % intervals: 1 always, 0 as by chance. Plain numbers.

Cohen's kappa (J. Cohen, "A Coefficient of Agreement for Nominal Scales", 1960) for pairs, Krippendorff's alpha for
nominal data (K. Krippendorff, "Computing Krippendorff's Alpha-Reliability", 2011) for any number of people and gaps.
The formulas are those of the label pages; here thousands of answers are counted by pattern first: to draw units again
with replacement is to draw the patterns' counts from a multinomial, and costs as little for a million as for ten.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from moderation.labelling.agreement import alpha, kappa

DRAWS = 2000
LEAST = 10  # with fewer units nothing is said


@dataclass(frozen=True)
class Figure:
    """`units` were compared; `alike` of them had one answer from all."""

    units: int
    alike: int
    figure: float
    low: float
    high: float


def kappa_of(pairs: Iterable[tuple[str, str]], seed: int = 0) -> Figure | None:
    """One person's answers beside another's, or beside those of all others. None: too few, or chance alone would agree
    always."""
    patterns = Counter(pairs)
    alike = sum(n for (a, b), n in patterns.items() if a == b)
    rows = sorted(patterns)
    weights = _drawn([patterns[row] for row in rows], seed)
    if weights is None:
        return None
    return _figure(kappa([a for a, _ in rows], [b for _, b in rows], weights), sum(patterns.values()), alike)


def alpha_of(units: Iterable[Sequence[str]], seed: int = 0) -> Figure | None:
    """The answers that each unit was given; who has one alone is left out. None as above."""
    patterns = Counter(tuple(sorted(unit)) for unit in units if len(unit) > 1)
    alike = sum(n for unit, n in patterns.items() if len(set(unit)) == 1)
    rows = sorted(patterns)
    weights = _drawn([patterns[row] for row in rows], seed)
    if weights is None:
        return None
    return _figure(alpha(rows, weights), sum(patterns.values()), alike)


def majority(answers: Iterable[str]) -> str | None:
    """What most said; None when there is no such answer."""
    two = Counter(answers).most_common(2)
    return two[0][0] if two and (len(two) == 1 or two[0][1] > two[1][1]) else None


def _drawn(counts: Sequence[int], seed: int) -> NDArray[np.int64] | None:
    """(1 + DRAWS, patterns): first the counts as they are, then drawn anew. None: too few."""
    n = sum(counts)
    if n < LEAST:
        return None
    drawn = np.random.default_rng(seed).multinomial(n, np.array(counts) / n, DRAWS)
    return np.vstack([np.array(counts, np.int64), drawn])


def _figure(figures: NDArray[np.float64], units: int, alike: int) -> Figure | None:
    """A draw in which all said the same tells nothing, and is left out."""
    if np.isnan(figures[0]):
        return None
    low, high = np.nanquantile(figures[1:], [0.025, 0.975])
    return Figure(units, alike, float(figures[0]), float(low), float(high))
