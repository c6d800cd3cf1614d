"""The store in Django's database: a row is catalogue and vector in one. SQLite and PostgreSQL by the same code."""

import uuid
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from uuid import UUID

import numpy as np
from django.db import transaction
from django.db.models import Count
from numpy.typing import NDArray

from featurestore.models import EncoderVersion, Feature, Forgotten, Label, Unsealed
from featurestore.store.base import (
    DTYPE,
    Batch,
    Evidence,
    Keys,
    NewFeature,
    NewLabel,
    Page,
    Stats,
    StoredFeature,
    check_vector,
    ids_of,
    keys_of,
)
from featurestore.store.dataset import Datasets
from featurestore.store.tables import catalogue_of, evidence_of, find_keys, once, pieces, unknown, unsaid
from featurestore.store.widening import widened

NAME = DTYPE.name  # numpy puts it together anew each time, which takes as long as the rest of a row
FEW = 500  # ids in one query
BLOCK = 2000  # rows in memory at once
PLACES = 4  # from which a sample is taken


class DatabaseStore(Datasets):
    """See FeatureStore. Calls join the caller's transaction, so a decision and its label are one."""

    @transaction.atomic
    def put(self, features: Sequence[NewFeature]) -> list[UUID]:
        # Random, so that ids say nothing about who came when.
        rows = [
            StoredFeature(uuid.uuid4(), new.encoder, new.view, new.vector, new.market, new.day)  # type: ignore[arg-type]
            for new in features
        ]
        self._insert(rows)
        return [row.id for row in rows]

    def _insert(self, features: Sequence[StoredFeature]) -> None:
        known: dict[str, EncoderVersion] = {}
        rows = []
        for new in features:
            if new.encoder not in known:
                known[new.encoder] = EncoderVersion.objects.get_or_create(
                    version=new.encoder, defaults={"dim": new.vector.size}
                )[0]
            encoder = known[new.encoder]
            check_vector(new.vector, encoder.dim)  # type: ignore[arg-type]
            rows.append(
                Feature(
                    id=new.id,
                    encoder=encoder,
                    view=new.view,
                    dtype=NAME,
                    vector=new.vector.astype(DTYPE).tobytes(),
                    market=new.market,
                    day=new.day,
                )
            )
        Feature.objects.bulk_create(rows, batch_size=FEW)
        Unsealed.objects.bulk_create([Unsealed(feature=row, encoder_id=row.encoder_id) for row in rows], batch_size=FEW)

    @transaction.atomic
    def label(self, labels: Sequence[NewLabel]) -> None:
        wanted = {new.feature for new in labels}
        there: set[UUID] = set()
        for some in pieces(wanted, FEW):
            there |= set(Feature.objects.filter(id__in=some).values_list("id", flat=True))
        if missing := wanted - there:
            raise LookupError(f"{len(missing)} features are not in the store, e.g. {min(missing)}")
        Label.objects.bulk_create(
            [
                Label(
                    feature_id=new.feature,
                    task=new.task,
                    value=new.value,
                    source=new.source,
                    confidence=new.confidence,
                    policy=new.policy,
                    labeller=new.labeller,
                    day=new.day,
                    withdrawn=new.withdrawn,
                )
                for new in labels
            ],
            batch_size=FEW,
        )

    @transaction.atomic
    def forget(self, features: Iterable[UUID]) -> int:
        count = 0
        for some in pieces(set(features), FEW):
            # The lock waits for a compaction that marks these rows: afterwards it has them, or never will.
            unsealed = Unsealed.objects.select_for_update().filter(feature__in=some, sealing=False)
            nowhere_else = set(unsealed.values_list("feature_id", flat=True))
            there = set(Feature.objects.filter(id__in=some).values_list("id", flat=True))
            Forgotten.objects.bulk_create(
                [Forgotten(id=id) for id in there - nowhere_else], batch_size=FEW, ignore_conflicts=True
            )
            Feature.objects.filter(id__in=there).delete()
            count += len(there)
        return count

    def get(self, ids: Sequence[UUID]) -> list[StoredFeature]:
        there: dict[UUID, StoredFeature] = {}
        for some in pieces(ids, FEW):
            there |= {row.id: row for row in _stored(Feature.objects.filter(id__in=some))}
        return [there[id] for id in ids if id in there]

    def said(self, ids: Sequence[UUID]) -> list[NewLabel]:
        rows = [row for some in pieces(ids, FEW) for row in Label.objects.filter(feature__in=some)]
        rows.sort(key=lambda row: row.id)
        return [
            NewLabel(r.feature_id, r.task, r.value, r.source, r.policy, r.day, r.confidence, r.withdrawn, r.labeller)
            for r in rows
        ]

    def encoders(self) -> dict[str, int]:
        return dict(EncoderVersion.objects.values_list("version", "dim"))

    def evidence(self, task: str, encoder: str, view: str = "", since: date | None = None) -> Evidence:
        labels = Label.objects.filter(task=task, feature__encoder=self._version(encoder))
        if view:
            labels = labels.filter(feature__view=view)
        if since:
            labels = labels.filter(feature__day__gte=since)
        rows = labels.order_by("id").values_list(
            "feature_id",
            "feature__view",
            "feature__market",
            "feature__day",
            "value",
            "source",
            "labeller",
            "policy",
            "day",
            "confidence",
            "withdrawn",
        )
        columns = list(zip(*rows.iterator(chunk_size=10_000), strict=True)) or [()] * 11
        return evidence_of(*once(catalogue_of(keys_of(columns[0]), *columns[1:4])), *columns[4:])

    def sweep(self, encoder: str, keys: Keys) -> Iterator[tuple[NDArray[np.intp], NDArray[np.float16]]]:
        version = self._version(encoder)
        there = Feature.objects.filter(encoder=version)
        if 4 * len(keys) < there.count():
            asked = (there.filter(id__in=some) for some in pieces(ids_of(keys), FEW))
            blocks: Iterable[list] = (list(rows.values_list("id", "vector")) for rows in asked)
        else:
            # Most are wanted: one sweep over all. objects.get() costs 107 us a feature, a row of a sweep 4 to 6.
            blocks = pieces(there.values_list("id", "vector").iterator(chunk_size=BLOCK), BLOCK)
        for rows in blocks:
            found = keys_of(row[0] for row in rows)
            places = find_keys(keys, found)
            wanted = places >= 0
            if wanted.any():
                yield places[wanted], _matrix([row[1] for row in rows], version.dim)[wanted]

    def stream(self, encoder: str, view: str = "", size: int = 4096) -> Iterator[Batch]:
        version = self._version(encoder)
        rows = Feature.objects.filter(encoder=version)
        if view:
            rows = rows.filter(view=view)
        columns = rows.values_list("id", "view", "market", "day", "vector").iterator(chunk_size=min(size, BLOCK))
        for block in pieces(columns, size):
            ids, views, markets, days, vectors = zip(*block, strict=True)
            x = widened(_matrix(vectors, version.dim))
            yield Batch(catalogue_of(keys_of(ids), views, markets, days), x)

    def stats(self) -> Stats:
        features = Feature.objects.values_list("encoder__version", "view").annotate(n=Count("id"))
        labels = Label.objects.values_list("task", "value", "source").annotate(n=Count("id"))
        return Stats({(e, v): n for e, v, n in features}, {(t, v, s): n for t, v, s, n in labels})

    def walk(self, cursor: str = "", size: int = FEW) -> Iterator[Page]:
        while True:
            rows = Feature.objects.order_by("id")
            if cursor:
                rows = rows.filter(id__gt=UUID(cursor))
            features = list(_stored(rows[:size]))
            if not features:
                return
            ids = [feature.id for feature in features]
            cursor = str(ids[-1])
            yield Page(features, self.said(ids), cursor)

    def sample(self, view: str, size: int, rng: np.random.Generator) -> Page:
        rows, there = Feature.objects.filter(view=view).order_by("id"), dict[UUID, StoredFeature]()
        for _ in range(PLACES):
            start = UUID(bytes=rng.bytes(16))
            found = list(_stored(rows.filter(id__gte=start)[: -(-size // PLACES)]))
            found += _stored(rows[: -(-size // PLACES) - len(found)])  # the end: on from the beginning
            there |= {feature.id: feature for feature in found}
        features = list(there.values())[:size]
        return Page(features, self.said([feature.id for feature in features]), "")

    @transaction.atomic
    def keep(self, page: Page) -> None:
        ids = [feature.id for feature in page.features]
        there = {feature.id for feature in self.get(ids)}
        self._insert([feature for feature in page.features if feature.id not in there])
        self.label(unsaid(page.labels, self.said(ids)))

    def _version(self, encoder: str) -> EncoderVersion:
        try:
            return EncoderVersion.objects.get(version=encoder)
        except EncoderVersion.DoesNotExist:
            raise unknown(encoder, list(self.encoders())) from None


def _stored(rows: Iterable[Feature]) -> Iterator[StoredFeature]:
    columns = ("id", "encoder__version", "view", "vector", "market", "day")
    for id, encoder, view, vector, market, day in rows.values_list(*columns):  # type: ignore[attr-defined]
        yield StoredFeature(id, encoder, view, np.frombuffer(vector, DTYPE), market, day)


def _matrix(vectors: Sequence[bytes], dim: int) -> NDArray[np.float16]:
    return np.frombuffer(b"".join(vectors), DTYPE).reshape(len(vectors), dim)
