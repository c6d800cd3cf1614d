"""Several reports, each from other pictures, texts and secrets, as one, with what varies between them as intervals."""

from collections.abc import Collection, Sequence
from typing import Any

import numpy as np
from scipy.stats import t

from featurestore.privacy.figures import Figure

Row = dict[str, Any]


def combined(reports: Sequence[Row], same: Collection[str] = ()) -> Row:
    """Reports of the same shape. Figures become one figure each; what is shown (pictures, words) is the first one's.

    `same`: names of what was measured on the same samples each time, so that more seeds do not make it surer.
    """
    return _combined(list(reports), same, True)


def combine(figures: Sequence[Figure], independent: bool = True) -> Figure:
    """The mean, with the wider of two intervals on each side: Student's t over the seeds, and the seeds' own intervals,
    narrowed where their samples are independent. The first sees luck that all of a seed share (a secret), the second is
    there when all seeds say the same."""
    values = np.array([figure.value for figure in figures])
    middle, count = float(values.mean()), len(values)
    if count == 1:
        return figures[0]
    over = float(t.ppf(0.975, count - 1) * values.std(ddof=1) / np.sqrt(count))
    narrower = np.sqrt(count) if independent else 1.0
    below = float(np.mean([figure.value - figure.low for figure in figures]) / narrower)
    above = float(np.mean([figure.high - figure.value for figure in figures]) / narrower)
    # A figure whose intervals keep to 0..1 is a share, or something of that kind.
    inside = all(figure.low >= 0 and figure.high <= 1 for figure in figures)
    low, high = middle - max(over, below), middle + max(over, above)
    chance = float(np.mean([figure.chance for figure in figures]))
    total = sum(figure.n for figure in figures) if independent else figures[0].n
    return Figure(middle, max(low, 0.0) if inside else low, min(high, 1.0) if inside else high, chance, total)


def _combined(values: list[Any], same: Collection[str], independent: bool) -> Any:
    first = values[0]
    if isinstance(first, dict):
        if "chance" in first:
            names = ("value", "low", "high", "chance", "n")
            return combine([Figure(*(value[name] for name in names)) for value in values], independent).as_dict()
        made = {
            key: _combined([value[key] for value in values], same, independent and key not in same) for key in first
        }
        if "no_better" in made:  # of an attack with two figures
            made["no_better"] = made["first"]["no_better"] and made["above"]["no_better"]
        return made
    if isinstance(first, list) and first and isinstance(first[0], dict):
        return [_combined(list(rows), same, independent) for rows in zip(*values, strict=True)]
    return first
