"""Applies a rule to evidence. Arrays in, arrays out: a million labels take about a second."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from featurestore.labels.reliability import dawid_skene
from featurestore.labels.rules import MOVED, STRENGTH, Moved, View, find
from featurestore.store.base import Evidence


@dataclass(frozen=True)
class Labels:
    """What a view makes of evidence about n features: k <= n labels, since a feature of which nothing stands has none.

    `row` int64 (k,) ascending: the place in `evidence.features`. `value` str (k,): the likeliest. `weight` float32 (k,)
    in 0..1. `source` str (k,): the strongest of the sources that count. `chance` float32 (k, len(values)): rows
    sum to 1; with a view that keeps no disagreement, one 1 in each.
    """

    view: str
    row: NDArray[np.int64]
    value: NDArray[np.str_]
    weight: NDArray[np.float32]
    source: NDArray[np.str_]
    values: tuple[str, ...]
    chance: NDArray[np.float32]

    def __len__(self) -> int:
        return len(self.row)

    def take(self, rows: NDArray[np.bool_] | NDArray[np.intp]) -> "Labels":
        row, value, weight, source = self.row[rows], self.value[rows], self.weight[rows], self.source[rows]
        return Labels(self.view, row, value, weight, source, self.values, self.chance[rows])


@dataclass(frozen=True)
class _Standing:
    """Evidence that was neither replaced nor withdrawn, oldest first within a feature."""

    row: NDArray[np.int64]
    value: NDArray[np.intp]
    source: NDArray[np.intp]
    labeller: NDArray[np.intp]
    confidence: NDArray[np.float32]
    values: tuple[str, ...]
    sources: tuple[str, ...]


def apply(view: str, evidence: Evidence, task: str = "", moved: Sequence[Moved] = MOVED) -> Labels:
    """The labels that `view` ("name", "name@version" or "" for the default) makes. Raises UnknownView.

    `task` picks those of `moved` that are about it.
    """
    rule = find(view)
    standing = _standing(evidence, rule, [change for change in moved if change.task == task])
    if rule.combine in ("strongest", "newest"):
        return _one_wins(rule, standing)
    return _shared(rule, standing)


def _standing(evidence: Evidence, rule: View, moved: Sequence[Moved]) -> _Standing:
    value, sources = evidence.value, evidence.source
    gone = np.zeros(len(value), bool)
    if moved:
        value = value.astype(f"<U{max([value.itemsize // 4, 1] + [len(change.to) for change in moved])}")
        for change in sorted(moved, key=lambda change: change.before):  # oldest first: a value may move twice
            old = (evidence.policy > 0) & (evidence.policy < change.before) & (value == change.value)
            value[old] = change.to
            gone |= old if not change.to else False
    names, source = code(sources)
    counted = np.array([name in rule.sources for name in names], bool)
    labellers, labeller = code(evidence.labeller)
    order = np.arange(len(value))
    # A place for each (feature, source): the last row that is written there stays, and numpy writes in order.
    place = evidence.row * max(len(names), 1) + source
    taken_back = np.full(len(evidence.features) * max(len(names), 1), -1)
    taken_back[place[evidence.withdrawn]] = order[evidence.withdrawn]
    voter = place * max(len(labellers), 1) + labeller
    last = np.full(len(taken_back) * max(len(labellers), 1), -1)
    said = ~evidence.withdrawn
    last[voter[said]] = order[said]
    stands = said & (last[voter] == order) & (taken_back[place] < order) & ~gone
    if len(names):
        stands &= counted[source]
    values, values_code = code(value[stands])
    return _Standing(
        evidence.row[stands],
        values_code,
        source[stands],
        labeller[stands],
        evidence.confidence[stands].astype(np.float32),
        values,
        names,
    )


def _one_wins(rule: View, standing: _Standing) -> Labels:
    rank = np.array([rule.sources.get(name, 0) for name in standing.sources] + [0.0])[standing.source]
    if rule.combine == "newest":
        rank = np.zeros_like(rank)
    best = _last(standing.row, rank)
    value = standing.value[best]
    chance = np.zeros((len(best), len(standing.values)), np.float32)
    chance[np.arange(len(best)), value] = 1
    return _labels(rule, standing, standing.row[best], value, standing.confidence[best], standing.source[best], chance)


def _shared(rule: View, standing: _Standing) -> Labels:
    row, feature = np.unique(standing.row, return_inverse=True)
    kinds = len(standing.values)
    # What a labeller that is sure to 0.7 leaves over goes to the other values alike.
    other = (1 - standing.confidence) / max(kinds - 1, 1)
    vote = np.repeat(other[:, None], kinds, axis=1)
    vote[np.arange(len(vote)), standing.value] = standing.confidence if kinds > 1 else 1.0
    if rule.combine == "votes":
        power = np.array([rule.sources.get(name, 0) for name in standing.sources] + [0.0])[standing.source]
        chance = np.zeros((len(row), kinds))
        np.add.at(chance, feature, vote * power[:, None])
        chance /= np.maximum(chance.sum(1, keepdims=True), 1e-12)
    else:
        labellers = int(standing.labeller.max(initial=0)) + 1
        voters, voter = np.unique(standing.source * labellers + standing.labeller, return_inverse=True)
        chance = dawid_skene(feature, voter, vote, len(row), len(voters)).chance
    weight = np.zeros(len(row), np.float32)
    np.maximum.at(weight, feature, standing.confidence)
    strength = np.array([STRENGTH.get(name, 0) for name in standing.sources] + [0.0])[standing.source]
    value = chance.argmax(1) if kinds else np.zeros(0, np.intp)
    source = standing.source[_last(standing.row, strength)]
    return _labels(rule, standing, row, value, weight, source, chance.astype(np.float32))


def _last(row: NDArray[np.int64], rank: NDArray[np.float64]) -> NDArray[np.intp]:
    """For each feature, rising: the place of the newest of its highest rank. Written lowest rank first, so it stays."""
    found = np.full(int(row.max(initial=-1)) + 1, -1)
    for level in np.unique(rank):
        here = np.flatnonzero(rank == level)
        found[row[here]] = here
    return found[found >= 0]


def _labels(
    rule: View,
    standing: _Standing,
    row: NDArray[np.int64],
    value: NDArray[np.intp],
    weight: NDArray[np.float32],
    source: NDArray[np.intp],
    chance: NDArray[np.float32],
) -> Labels:
    # An empty tuple would make an array of floats.
    values, sources = (np.array(names or ("",), np.str_) for names in (standing.values, standing.sources))
    return Labels(rule.full_name, row, values[value], weight, sources[source], standing.values, chance)


def code(column: NDArray[np.str_]) -> tuple[tuple[str, ...], NDArray[np.intp]]:
    """(its distinct values, sorted; the place of each row's value among them).

    What np.unique does by sorting; a column of labels has few values, and comparing is ten times as fast as sorting.
    """
    names: list[str] = []
    codes = np.zeros(len(column), np.intp)
    left = np.arange(len(column))
    while len(left) and len(names) < 16:
        name = column[left[0]]
        same = column[left] == name
        codes[left[same]] = len(names)
        names.append(str(name))
        left = left[~same]
    if len(left):
        more, places = np.unique(column[left], return_inverse=True)
        codes[left] = places + len(names)
        names += map(str, more)
    order = np.argsort(np.array(names or [""], np.str_)[: len(names)], kind="stable")
    rank = np.empty(len(names), np.intp)
    rank[order] = np.arange(len(names))
    return tuple(names[n] for n in order), rank[codes] if len(names) else codes
