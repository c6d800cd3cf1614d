"""Is the challenger worse for somebody? The difference in every market, language and device, looked at all at once.

Many slices looked at one by one give false alarms, so p-values are Holm's (1979), and intervals are wide enough that
all of them hold together (Bonferroni): at most 1 comparison in 20 has any interval that misses.
"""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from scipy.special import ndtr, ndtri

from featurestore.compare.cost import Costs
from featurestore.compare.counting import NO, Counts, Ints
from featurestore.compare.estimate import Estimate, Floats
from featurestore.compare.measures import measure
from featurestore.compare.needed import more_for
from featurestore.compare.weighting import cell_shares, totals

METHOD = "Holm's p-values; intervals simultaneous (Bonferroni)"


class Standing(StrEnum):
    BETTER = "better"
    WORSE = "worse"
    SAME = "as good"  # the whole interval lies within the margin
    TOO_FEW = "too few"


@dataclass(frozen=True)
class Slice:
    """`difference`: right per 1,000 uploads, challenger minus champion. `p`: Holm's, of no difference. `caught`,
    `rejected_good`: per 1,000 uploads by (champion, challenger). `more`: about so many more labels here would settle
    it; 0 when it is settled."""

    dimension: str
    name: str
    uploads: int
    labels: int
    difference: Estimate
    p: float
    standing: Standing
    caught: tuple[float, float]
    rejected_good: tuple[float, float]
    more: int


def slices(counts: Counts, margin: float, alpha: float = 0.05) -> list[Slice]:
    """One for each name that has uploads; "" (not known) is left out. `margin` in share of uploads."""
    found = [
        (dimension, name, cells)
        for dimension, by_name in counts.by_slice.items()
        for name, cells in by_name.items()
        if name and cells.sum()
    ]
    if not found:
        return []
    cells = np.stack([cells for _, _, cells in found])
    value, spread = difference(cells, counts.chance)
    p = holm(2 * ndtr(-np.abs(value) / spread))
    z = float(-ndtri(alpha / 2 / len(found)))
    shown = measure(totals(cells, counts.chance), Costs())
    made = []
    for n, (dimension, name, own) in enumerate(found):
        low, high = value[n] - z * spread[n], value[n] + z * spread[n]
        standing = _standing(float(value[n]), float(low), float(high), float(p[n]), margin, alpha)
        labels = int(own[:, NO:].sum())
        more = more_for(labels, float(z * spread[n]), float(value[n]), margin) if standing == Standing.TOO_FEW else 0
        made.append(
            Slice(
                dimension,
                name,
                int(own.sum()),
                labels,
                Estimate(1000 * float(value[n]), 1000 * float(max(low, -1)), 1000 * float(min(high, 1))),
                float(p[n]),
                standing,
                (float(shown[n, 5, 0]), float(shown[n, 5, 1])),
                (float(shown[n, 7, 0]), float(shown[n, 7, 1])),
                more,
            )
        )
    return made


def difference(cells: Ints, chance: Floats) -> tuple[Floats, Floats]:
    """(..., k, 3, 2, 2) -> share right of the challenger minus the champion's, and its standard error, each (...).

    Only pairs on which the models disagree count. Half a pair is added to each such cell and half a label to each
    answer (Agresti and Min 2005), so that a slice without any is uncertain, not surely equal.
    """
    found = cell_shares(cells, chance)
    n = found.total.sum((-2, -1))
    yes = (np.where(found.seen > 0, found.share, 0.5) * found.seen + 0.5) / (found.seen + 1)
    doubt = 4 * yes * (1 - yes) / (found.seen + 1)
    size_b, size_a = found.total[..., 0, 1], found.total[..., 1, 0]  # only b's hit, only a's hit
    share_b, share_a = (size_b + 0.5) / (n + 1), (size_a + 0.5) / (n + 1)
    gain_b, gain_a = 2 * yes[..., 0, 1] - 1, 1 - 2 * yes[..., 1, 0]
    mean = share_b * gain_b + share_a * gain_a
    sizes = np.maximum(share_b * gain_b**2 + share_a * gain_a**2 - mean**2, 0) / (n + 1)
    spread = np.sqrt(sizes + share_b**2 * doubt[..., 0, 1] + share_a**2 * doubt[..., 1, 0])
    plain = np.where(found.seen > 0, found.share, 0.5)
    value = (size_b * (2 * plain[..., 0, 1] - 1) + size_a * (1 - 2 * plain[..., 1, 0])) / n
    return value, np.maximum(spread, 1e-12)


def holm(p: Floats) -> Floats:
    """p-values (m,) adjusted, so that those below 0.05 have one false among them with a chance of at most 0.05."""
    order = np.argsort(p)
    raised = np.maximum.accumulate(p[order] * (len(p) - np.arange(len(p))))
    made = np.empty(len(p))
    made[order] = np.minimum(raised, 1.0)
    return made


def _standing(value: float, low: float, high: float, p: float, margin: float, alpha: float) -> Standing:
    if p < alpha:
        return Standing.BETTER if value > 0 else Standing.WORSE
    return Standing.SAME if -margin <= low and high <= margin else Standing.TOO_FEW
