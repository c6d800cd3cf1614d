"""What a head is trained, chosen and examined on: a data set cut by its splits, with what hangs together in each."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from featurestore.heads.calibration import parts
from featurestore.labels.near import components
from featurestore.labels.splits import EXAM, SPLITS, TRAIN, rule_for
from featurestore.store.base import Dataset

FOLDS = 5
FEWEST = {TRAIN: 10, EXAM: 2}  # rows of each answer


class CannotTrain(ValueError):
    """Why not, in a sentence that a person can act on."""


@dataclass(frozen=True)
class Part:
    """Rows of one split. `x` (n, d); `y` float64 (n,): 1, 0 or the chance that the label view gives; `weight` float64
    (n,) above 0; `group` int (n,): equal numbers for near-duplicates; `row`: places in the data set."""

    x: NDArray[np.floating]
    y: NDArray[np.float64]
    weight: NDArray[np.float64]
    group: NDArray[np.intp]
    row: NDArray[np.intp]

    def __len__(self) -> int:
        return len(self.x)

    @property
    def yes(self) -> NDArray[np.bool_]:
        return self.y > 0.5

    @property
    def rarer(self) -> int:
        """How many rows the rarer answer has."""
        return min(int(self.yes.sum()), int((~self.yes).sum()))


def part_of(dataset: Dataset, splits: NDArray[np.str_], which: str, view: str, positive: str) -> Part:
    """Rows of the split `which` that count at all. Raises CannotTrain if `splits` does not fit the data set."""
    if len(splits) != len(dataset):
        raise CannotTrain(f"There are {len(dataset)} labelled features and splits for {len(splits)}.")
    row = np.flatnonzero((splits == which) & (dataset.weight > 0))
    x = dataset.x[row]
    return Part(
        x, truth(dataset, positive)[row], dataset.weight[row].astype(np.float64), _groups(x, dataset, view, row), row
    )


def truth(dataset: Dataset, positive: str) -> NDArray[np.float64]:
    """(n,): the chance of `positive`; 1 or 0 where the view keeps no disagreement."""
    if positive not in dataset.values:
        return np.zeros(len(dataset))
    return dataset.chance[:, dataset.values.index(positive)].astype(np.float64)


def _groups(x: NDArray[np.floating], dataset: Dataset, view: str, row: NDArray[np.intp]) -> NDArray[np.intp]:
    radius = rule_for(view).radius
    if dataset.bridged is None or not dataset.bridged.any():
        return components(x, radius)
    # A carried vector may be the picture of any other: near is then not near enough to say, so each day is one group.
    return np.unique(dataset.day[row], return_inverse=True)[1]


def check(dataset: Dataset, splits: Sequence[Part], task: str, positive: str) -> None:
    """Raises CannotTrain where there is too little to learn from, to choose by or to be examined on."""
    for name, part in zip(SPLITS, splits, strict=True):
        if not np.isfinite(part.x).all():
            raise CannotTrain(f"Some vectors of {dataset.encoder} have numbers that are not finite.")
        if part.rarer >= FEWEST.get(name, 0):
            continue
        yes, no = int(part.yes.sum()), int((~part.yes).sum())
        what = {TRAIN: "to learn from", EXAM: "in the exam"}[name]
        raise CannotTrain(
            f"{task} has {yes} labels {positive!r} and {no} others {what}; {FEWEST[name]} of each are needed at least."
        )
    train = splits[0]
    for answer, name in ((True, repr(positive)), (False, f"other than {positive!r}")):
        found = len(np.unique(train.group[train.yes == answer]))
        if found < FOLDS:
            raise CannotTrain(
                f"The labels {name} of {task} are near-duplicates: {found} that differ, {FOLDS} are needed at least."
            )


def folds(part: Part, seed: int) -> NDArray[np.intp]:
    """(n,) in 0..FOLDS-1: groups stay together, and groups with a positive row are dealt out on their own, so that
    every fold has some."""
    _, which = np.unique(part.group, return_inverse=True)
    has = (np.bincount(which, part.yes) > 0)[which]
    fold = np.empty(len(part), np.intp)
    for answer in (True, False):
        if (has == answer).any():
            fold[has == answer] = parts(part.group[has == answer], FOLDS, seed)
    return fold
