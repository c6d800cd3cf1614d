"""The paired table: both right, only one right, both wrong; as labelled, and weighted to all uploads."""

from dataclasses import dataclass

import numpy as np

from featurestore.compare.counting import NO, Ints
from featurestore.compare.estimate import Estimate, Floats, of_draws


@dataclass(frozen=True)
class Cell:
    """`labels` that fell in it; `per_thousand` of all uploads, with its interval."""

    labels: int
    per_thousand: Estimate


@dataclass(frozen=True)
class PairedTable:
    both_right: Cell
    only_a: Cell
    only_b: Cell
    both_wrong: Cell


@dataclass(frozen=True)
class Confusion:
    """Of one model, for each 1,000 uploads: caught, good and rejected, missed, good and left alone. Sums to 1,000."""

    tp: Estimate
    fp: Estimate
    fn: Estimate
    tn: Estimate


def paired(totals: Floats) -> Floats:
    """(..., 2, 2, 2) by (label, a's hit, b's hit) -> (..., 4): both right, only a, only b, both wrong."""
    no, yes = totals[..., 0, :, :], totals[..., 1, :, :]
    return np.stack(
        [
            no[..., 0, 0] + yes[..., 1, 1],
            no[..., 0, 1] + yes[..., 1, 0],
            no[..., 1, 0] + yes[..., 0, 1],
            no[..., 1, 1] + yes[..., 0, 0],
        ],
        -1,
    )


def paired_table(cells: Ints, totals: Floats, draws: Floats, alpha: float = 0.05) -> PairedTable:
    """`cells` (k, 3, 2, 2) as labelled; `totals` (2, 2, 2) and `draws` (r, 2, 2, 2) from weighting.py."""
    labels = paired(cells[:, NO:].sum(0))
    shares = of_draws(_per_thousand(paired(totals)), _per_thousand(paired(draws)), alpha)
    return PairedTable(*(Cell(int(n), share) for n, share in zip(labels, shares, strict=True)))


def confusion(totals: Floats, draws: Floats, model: int, alpha: float = 0.05) -> Confusion:
    """Of the champion (`model` 0) or the challenger (1)."""
    shares = of_draws(_per_thousand(_hits(totals, model)), _per_thousand(_hits(draws, model)), alpha)
    return Confusion(*shares)


def _hits(totals: Floats, model: int) -> Floats:
    by = totals.sum(-1 if model == 0 else -2)  # (..., label, hit)
    return np.stack([by[..., 1, 1], by[..., 0, 1], by[..., 1, 0], by[..., 0, 0]], -1)


def _per_thousand(values: Floats) -> Floats:
    return 1000 * values / values.sum(-1, keepdims=True)
