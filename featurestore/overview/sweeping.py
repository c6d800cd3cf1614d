"""One sweep over the store, whatever the backend: everything is counted, a little of it is kept as a sample."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from featurestore.encoders.base import plain
from featurestore.labels.views import apply
from featurestore.store.base import Batch, FeatureStore
from featurestore.store.tables import find_keys

NOW = timedelta(days=7)
BEFORE = timedelta(days=28)
FOR_DRIFT = 400  # vectors of each sample: the tests' memory and time grow with their square
FOR_MAP = 1500


class Sample:
    """At most `size` of all rows that are shown to it, each with the same chance (the smallest random numbers stay)."""

    def __init__(self, size: int, rng: np.random.Generator) -> None:
        self._size, self._rng = size, rng
        self._draw = np.zeros(0)
        self.x: NDArray[np.float32] = np.zeros((0, 0), np.float32)
        self.keys: NDArray[np.bytes_] = np.zeros(0, "S16")

    def show(self, x: NDArray[np.float32], keys: NDArray[np.bytes_]) -> None:
        draw = self._rng.random(len(x))
        if len(self._draw) == self._size:
            some = draw < self._draw.max()
            draw, x, keys = draw[some], x[some], keys[some]
        if not len(x):
            return
        self._draw = np.concatenate([self._draw, draw])
        self.x = np.concatenate([self.x, x]) if len(self.x) else x.copy()
        self.keys = np.concatenate([self.keys, keys])
        if len(self._draw) > self._size:
            stay = np.argpartition(self._draw, self._size)[: self._size]
            self._draw, self.x, self.keys = self._draw[stay], self.x[stay], self.keys[stay]


@dataclass
class Samples:
    before: Sample
    now: Sample
    map: Sample
    labelled: NDArray[np.bool_] = field(default_factory=lambda: np.zeros(0, np.bool_))  # of those on the map


@dataclass
class Swept:
    """Features by (encoder, view), market, day; labels that stand by (task, value, source) and (task, value, day)."""

    by_encoder: Counter[tuple[str, str]] = field(default_factory=Counter)
    by_market: Counter[str] = field(default_factory=Counter)
    by_day: Counter[date] = field(default_factory=Counter)
    labels: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    labels_by_day: Counter[tuple[str, str, date]] = field(default_factory=Counter)
    samples: dict[tuple[str, str], Samples] = field(default_factory=dict)
    dims: dict[str, int] = field(default_factory=dict)


def sweep(store: FeatureStore, today: date, seed: int = 0) -> Swept:
    """Peak memory: a batch, the samples, and the evidence of one task about one encoder's features."""
    rng = np.random.default_rng(seed)
    swept = Swept(dims=store.encoders())
    for encoder in swept.dims:
        for batch in store.stream(encoder):
            _count(swept, encoder, batch, today, rng)
    for samples in swept.samples.values():
        samples.labelled = np.zeros(len(samples.map.keys), np.bool_)
    for task in sorted({task for task, _, _ in store.stats().labels}):
        for encoder in swept.dims:
            _count_labels(swept, store, task, encoder)
    return swept


def _count(swept: Swept, encoder: str, batch: Batch, today: date, rng: np.random.Generator) -> None:
    about = batch.features
    _add(swept.by_market, about.market)
    for day, n in zip(*np.unique(about.day, return_counts=True), strict=True):
        swept.by_day[day.item()] += int(n)
    since_now, since_before = np.datetime64(today - NOW), np.datetime64(today - NOW - BEFORE)
    for view in np.unique(about.view):
        mine = about.view == view
        key = (encoder, str(view))
        swept.by_encoder[key] += int(mine.sum())
        if key not in swept.samples:
            swept.samples[key] = Samples(Sample(FOR_DRIFT, rng), Sample(FOR_DRIFT, rng), Sample(FOR_MAP, rng))
        samples = swept.samples[key]
        for sample, which in (
            (samples.map, mine),
            (samples.now, mine & (about.day > since_now)),
            (samples.before, mine & (about.day > since_before) & (about.day <= since_now)),
        ):
            sample.show(batch.x[which], about.keys[which])


def _count_labels(swept: Swept, store: FeatureStore, task: str, encoder: str) -> None:
    evidence = store.evidence(task, encoder)
    stands = apply("", evidence, task)
    labelled = evidence.features.keys[stands.row]
    for (of, _), samples in swept.samples.items():
        if of == encoder:
            samples.labelled |= find_keys(labelled, samples.map.keys) >= 0
    if encoder != plain(encoder) and plain(encoder) in swept.dims:
        return  # said of the same things once more, so that a head can be trained on what it reads
    days = evidence.features.day[stands.row]
    for value in np.unique(stands.value):
        mine = stands.value == value
        for source, n in zip(*np.unique(stands.source[mine], return_counts=True), strict=True):
            swept.labels[task, str(value), str(source)] += int(n)
        for day, n in zip(*np.unique(days[mine], return_counts=True), strict=True):
            swept.labels_by_day[task, str(value), day.item()] += int(n)


def _add(counter: Counter[str], column: Iterable[str]) -> None:
    for value, n in zip(*np.unique(np.asarray(column), return_counts=True), strict=True):
        counter[str(value)] += int(n)
