"""What all uploads would show, estimated from those that people saw.

Horvitz and Thompson (1952): a row that was going to be seen with chance c stands for 1/c rows. Hajek (1971): the
weights are scaled to what is known, here to how many rows fell in each of the four cells (champion hit or not,
challenger hit or not), since that is known of every row, seen or not. So a label that has not come yet is taken to be
like the others of its cell, and only the share of finds within a cell has to be estimated.
"""

from dataclasses import dataclass

import numpy as np

from featurestore.compare.counting import NO, UNKNOWN, YES, Counts, Ints, weights
from featurestore.compare.estimate import Estimate, Floats, of_draws

DRAWS = 4000
EXPECTED, LATE = 50, 0.25


@dataclass(frozen=True)
class CellShare:
    """Of a cell of (champion's hit, challenger's hit): `share` (2, 2) of finds among it; `seen` (2, 2) the number of
    equally weighted labels that would tell as much (Kish); `total` (2, 2) rows in it. nan where nobody saw one."""

    share: Floats
    seen: Floats
    total: Floats


@dataclass(frozen=True)
class StratumCount:
    """`rows` came this way, `labels` of them have a label, `finds` of these say yes."""

    name: str
    rows: int
    labels: int
    finds: int


def cell_shares(cells: Ints, chance: Floats) -> CellShare:
    """`cells` (..., k, 3, 2, 2) of any number of leading axes; Hajek's estimate in each of the four cells."""
    weight = weights(chance)[:, None, None]
    known = cells[..., NO, :, :] + cells[..., YES, :, :]
    base = (weight * known).sum(-3)
    square = (weight * weight * known).sum(-3)
    with np.errstate(invalid="ignore", divide="ignore"):
        share = (weight * cells[..., YES, :, :]).sum(-3) / base
        seen = np.where(square > 0, base * base / square, 0.0)
    return CellShare(share, seen, cells.sum((-4, -3)).astype(np.float64))


def totals(cells: Ints, chance: Floats) -> Floats:
    """(..., k, 3, 2, 2) -> (..., 2, 2, 2): estimated rows by (label, champion's hit, challenger's hit). Of a cell that
    nobody saw anything of, half: its interval says that nothing is known."""
    found = cell_shares(cells, chance)
    share = np.where(found.seen > 0, found.share, 0.5)
    return np.stack([found.total * (1 - share), found.total * share], -3)


def horvitz_thompson(cells: Ints, chance: Floats) -> Floats:
    """(k, 3, 2, 2) -> (2, 2, 2): without scaling, so low by as many labels as are still to come."""
    return (weights(chance)[:, None, None, None] * cells[:, NO:]).sum(0)


def draw_totals(cells: Ints, chance: Floats, draws: int = DRAWS, seed: int = 0) -> Floats:
    """(k, 3, 2, 2) -> (draws, 2, 2, 2): what `totals` might as well have been, for other uploads and other samples.

    The cells' sizes by a Dirichlet, the share of finds in each by a Beta, both with Jeffreys' half count, so that a
    cell in which no find was seen yet may still hold some (a bootstrap never could).
    """
    rng = np.random.default_rng(seed)
    found = cell_shares(cells, chance)
    n = found.total.sum()
    sizes = n * rng.dirichlet(found.total.reshape(-1) + 0.5 * (found.total.reshape(-1) > 0) + 1e-9, draws)
    share, seen = np.where(found.seen > 0, found.share, 0.5).reshape(-1), found.seen.reshape(-1)
    shares = rng.beta(share * seen + 0.5, (1 - share) * seen + 0.5, (draws, 4))
    return np.stack([sizes * (1 - shares), sizes * shares], 1).reshape(draws, 2, 2, 2)


def shares_of_all(cells: Ints, chance: Floats, alpha: float = 0.05, seed: int = 0) -> list[Estimate]:
    """Eight shares of all rows, in the order of `totals` flattened, with intervals."""
    n = cells.sum()
    return of_draws(
        totals(cells, chance).reshape(-1) / n, draw_totals(cells, chance, seed=seed).reshape(-1, 8) / n, alpha
    )


def blind(cells: Ints) -> Ints:
    """(2, 2): rows in cells of which nobody saw even one; there nothing can be known, only guarded against."""
    return np.where(cells[:, NO:].sum((0, 1)) == 0, cells.sum((0, 1)), 0)


def strata_counts(counts: Counts) -> list[StratumCount]:
    """How many labels came from which stratum."""
    return [
        StratumCount(name, int(cells.sum()), int(cells[:, NO:].sum()), int(cells[:, YES].sum()))
        for name, cells in counts.by_stratum.items()
    ]


def leaning(cells: Ints, chance: Floats) -> bool:
    """Do labels of one kind of disagreement come in later than those of the other? Weights cannot know of it, so the
    evidence leans until they are there. Said only where EXPECTED labels were to come of both."""
    expected = (chance[:, None, None] * cells.sum(1)).sum(0)
    late = lacking(cells, chance)
    both = min(expected[0, 1], expected[1, 0]) >= EXPECTED
    return bool(both and abs(late[0, 1] - late[1, 0]) > LATE)


def lacking(cells: Ints, chance: Floats) -> Floats:
    """(2, 2): share of the labels to be expected in a cell by now that have not come. Below 0: more than expected."""
    expected = (chance[:, None, None] * cells.sum(1)).sum(0)
    came = cells.sum((0, 1)) - cells[:, UNKNOWN].sum(0)
    return np.where(expected > 0, 1 - came / np.maximum(expected, 1e-9), 0.0)
