"""The store that reads from sealed segments, and from the database what is not sealed yet. Writes go to the database.

Every read first asks the database what was forgotten and what is not sealed, and only then which segments there are: a
compaction that ends in between has moved features from the one to the other, and they are found twice, not never.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import chain
from typing import Any
from uuid import UUID

import numpy as np
from django.db import transaction
from numpy.typing import NDArray

from featurestore.models import Feature, Forgotten, Label, Unsealed
from featurestore.store.base import (
    Batch,
    Catalogue,
    Evidence,
    Keys,
    NewFeature,
    NewLabel,
    Page,
    Stats,
    StoredFeature,
    ids_of,
    keys_of,
)
from featurestore.store.database import DatabaseStore
from featurestore.store.dataset import Datasets
from featurestore.store.index import Sealed
from featurestore.store.place import Place
from featurestore.store.tables import catalogue_of, evidence_of, find_keys, join, key_order, pieces, rebatch, unknown
from featurestore.store.waking import wake_compaction

CHUNK = 10_000


@dataclass(frozen=True)
class _Now:
    """One encoder's features as a read sees them: `sealed`, its sorted `catalogue`, and `gone` and `tail` beside it."""

    sealed: Sealed
    catalogue: Catalogue
    gone: Keys
    tail: Catalogue

    def is_sealed(self, keys: Keys) -> NDArray[np.bool_]:
        """Whether the segments say what holds. A feature that was forgotten and came again may still lie there too."""
        return (find_keys(self.catalogue.keys, keys) >= 0) & (find_keys(self.gone, keys) < 0)


class SegmentStore(Datasets):
    """See FeatureStore. The database is the truth; without any segment this is DatabaseStore."""

    def __init__(self, place: Place | None = None) -> None:
        self.database = DatabaseStore()
        self.place = place or Place.configured()
        self._sealed: Sealed | None = None

    # -- writing, and reading a few: the database --------------------------------------------------------------------
    def put(self, features: Sequence[NewFeature]) -> list[UUID]:
        return self.database.put(features)

    def label(self, labels: Sequence[NewLabel]) -> None:
        self.database.label(labels)

    def forget(self, features: Iterable[UUID]) -> int:
        count = self.database.forget(features)
        if count and Forgotten.objects.exists():
            transaction.on_commit(wake_compaction)
        return count

    def get(self, ids: Sequence[UUID]) -> list[StoredFeature]:
        return self.database.get(ids)

    def said(self, ids: Sequence[UUID]) -> list[NewLabel]:
        return self.database.said(ids)

    def encoders(self) -> dict[str, int]:
        return self.database.encoders()

    def stats(self) -> Stats:
        return self.database.stats()

    def walk(self, cursor: str = "", size: int = 500) -> Iterator[Page]:
        return self.database.walk(cursor, size)

    def sample(self, view: str, size: int, rng: np.random.Generator) -> Page:
        return self.database.sample(view, size, rng)

    def keep(self, page: Page) -> None:
        self.database.keep(page)

    # -- reading many: segments --------------------------------------------------------------------------------------
    def evidence(self, task: str, encoder: str, view: str = "", since: date | None = None) -> Evidence:
        now = self._now(encoder)
        young, old = self._labels(now, task)
        known = len(now.catalogue)
        whole = join([now.catalogue, now.tail])
        place = np.concatenate([find_keys(now.catalogue.keys, keys) for keys in (old[0], young[0])])
        in_tail = find_keys(now.tail.keys, young[0])
        place[len(old[0]) :][in_tail >= 0] = known + in_tail[in_tail >= 0]
        wanted = np.ones(len(whole), np.bool_)
        wanted[:known] = find_keys(now.gone, now.catalogue.keys) < 0
        if view:
            wanted &= whole.view == view
        if since:
            wanted &= whole.day >= np.datetime64(since)
        counts = (place >= 0) & wanted[place]
        columns = [np.concatenate(pair)[counts] for pair in zip(old[1:], young[1:], strict=True)]
        return evidence_of(whole, place[counts], *columns)

    def _labels(self, now: _Now, task: str) -> tuple[list, list]:
        """Columns of labels (key, value, source, labeller, policy, day, confidence, withdrawn): younger than the seal
        or of what is unsealed, from the database; and the sealed ones."""
        mark = now.sealed.manifest.mark
        of_task = Label.objects.filter(task=task)
        asked = [of_task.filter(id__gt=mark)]
        if mark and len(now.tail) < CHUNK:
            asked += [of_task.filter(id__lte=mark, feature__in=some) for some in pieces(ids_of(now.tail.keys), 500)]
        elif mark:
            asked += [of_task.filter(id__lte=mark, feature__unsealed__isnull=False)]
        names = ("id", "feature_id", "value", "source", "labeller", "policy", "day", "confidence", "withdrawn")
        rows = sorted(chain.from_iterable(part.values_list(*names).iterator(chunk_size=CHUNK) for part in asked))
        columns = list(zip(*rows, strict=True)) or [()] * len(names)
        id, keys = np.array(columns[0], np.int64), keys_of(columns[1])
        kinds: list[Any] = [np.str_, np.str_, np.str_, np.int32, "datetime64[D]", np.float32, np.bool_]
        rest = [np.array(values, kind) for values, kind in zip(columns[2:], kinds, strict=True)]
        # Of a feature that is sealed already the file has the labels up to the mark.
        counts = (id > mark) | ~now.is_sealed(keys)
        return [column[counts] for column in (keys, *rest)], now.sealed.labels(task)

    def sweep(self, encoder: str, keys: Keys) -> Iterator[tuple[NDArray[np.intp], NDArray[np.float16]]]:
        now = self._now(encoder)
        place = find_keys(now.catalogue.keys, keys)
        gone = find_keys(now.gone, keys) >= 0
        index = now.sealed.index(encoder)
        if index is not None:
            sealed = np.flatnonzero((place >= 0) & ~gone)
            for which, block in index.sweep(place[sealed]):
                yield sealed[which], block
        rest = np.flatnonzero((place < 0) | gone)
        if len(rest):
            for which, block in self.database.sweep(encoder, keys[rest]):
                yield rest[which], block

    def stream(self, encoder: str, view: str = "", size: int = 4096) -> Iterator[Batch]:
        return rebatch(self._pieces(encoder, view), size)

    def _pieces(self, encoder: str, view: str) -> Iterator[tuple[Catalogue, NDArray[np.float16]]]:
        now = self._now(encoder)
        for opened, catalogue in now.sealed.catalogues(encoder):
            wanted = find_keys(now.gone, catalogue.keys) < 0
            if view:
                wanted &= catalogue.view == view
            for first, block in opened.blocks():
                here = slice(first, first + len(block))
                chosen = wanted[here]
                yield catalogue.take(here).take(chosen), block[chosen]
        tail = now.tail if not view else now.tail.take(now.tail.view == view)
        if len(tail):
            for which, block in self.database.sweep(encoder, tail.keys):
                yield tail.take(which), block

    def _now(self, encoder: str) -> _Now:
        known = self.encoders()
        if encoder not in known:
            raise unknown(encoder, list(known))
        gone = keys_of(Forgotten.objects.values_list("id", flat=True).iterator(chunk_size=CHUNK))
        unsealed = Feature.objects.filter(
            id__in=Unsealed.objects.filter(encoder__version=encoder).values("feature_id")
        ).values_list("id", "view", "market", "day")
        ids, *rest = list(zip(*unsealed.iterator(chunk_size=CHUNK), strict=True)) or [()] * 4
        tail = catalogue_of(keys_of(ids), *rest)
        sealed = self._open()
        index = sealed.index(encoder)
        catalogue = index.catalogue if index else tail.take(np.zeros(len(tail), np.bool_))
        now = _Now(sealed, catalogue, gone[key_order(gone)], tail.take(key_order(tail.keys)))
        return replace(now, tail=now.tail.take(~now.is_sealed(now.tail.keys)))

    def _open(self) -> Sealed:
        """The segments that hold now. What is already open is kept while nothing newer was published."""
        while True:
            manifest = self.place.manifest()
            if self._sealed is None or self._sealed.manifest != manifest:
                try:
                    self._sealed = Sealed(self.place, manifest)
                except FileNotFoundError:
                    if self.place.manifest() == manifest:
                        raise
                    continue  # replaced between the two; the newer one has its files
                self.place.tidy_copies(manifest)
            return self._sealed
