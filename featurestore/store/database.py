"""The store in Django's database: a row is catalogue and vector in one. SQLite and PostgreSQL by the same code."""

import uuid
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import groupby
from uuid import UUID

import numpy as np
from django.db import transaction
from django.db.models import Count

from featurestore.models import EncoderVersion, Feature, Label
from featurestore.store.base import (
    Batch,
    Dataset,
    FeatureStore,
    NewFeature,
    NewLabel,
    Stats,
    UnknownEncoder,
    check_vector,
    winner,
)

DTYPE = "float16"


class DatabaseStore(FeatureStore):
    """See FeatureStore. Calls join the caller's transaction, so a decision and its label are one."""

    @transaction.atomic
    def put(self, features: Sequence[NewFeature]) -> list[UUID]:
        known: dict[str, EncoderVersion] = {}
        rows = []
        for new in features:
            if new.encoder not in known:
                known[new.encoder] = EncoderVersion.objects.get_or_create(
                    version=new.encoder, defaults={"dim": new.vector.size}
                )[0]
            encoder = known[new.encoder]
            check_vector(new.vector, encoder.dim)
            rows.append(
                Feature(
                    # Random, so that ids say nothing about who came when.
                    id=uuid.uuid4(),
                    encoder=encoder,
                    view=new.view,
                    dtype=DTYPE,
                    vector=new.vector.astype(DTYPE).tobytes(),
                    market=new.market,
                    day=new.day,
                )
            )
        Feature.objects.bulk_create(rows, batch_size=500)
        return [row.id for row in rows]

    @transaction.atomic
    def label(self, labels: Sequence[NewLabel]) -> None:
        wanted = {new.feature for new in labels}
        there = set(Feature.objects.filter(id__in=wanted).values_list("id", flat=True))
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
                    day=new.day,
                    withdrawn=new.withdrawn,
                )
                for new in labels
            ],
            batch_size=500,
        )

    @transaction.atomic
    def forget(self, features: Iterable[UUID]) -> int:
        rows = Feature.objects.filter(id__in=list(features))
        count = rows.count()
        rows.delete()
        return count

    def dataset(self, task: str, encoder: str, view: str = "", since: date | None = None) -> Dataset:
        version = self._version(encoder)
        evidence = Label.objects.filter(task=task, feature__encoder=version)
        if view:
            evidence = evidence.filter(feature__view=view)
        if since:
            evidence = evidence.filter(feature__day__gte=since)
        rows = evidence.order_by("feature_id", "id").values_list(
            "feature_id", "source", "value", "confidence", "withdrawn"
        )
        ids, y, weight, source = [], [], [], []
        for feature, said in groupby(rows.iterator(chunk_size=10_000), key=lambda row: row[0]):
            if stands := winner([row[1:] for row in said]):
                ids.append(feature)
                y.append(stands[0])
                weight.append(stands[1])
                source.append(stands[2])
        position = {id: n for n, id in enumerate(ids)}
        x = np.empty((len(ids), version.dim), np.float32)
        days = np.empty(len(ids), "datetime64[D]")
        # One sweep over the vectors, not one query a row: objects.get() costs 107 us, a row of a sweep 4 to 6.
        features = Feature.objects.filter(encoder=version, labels__task=task).distinct()
        for id, dtype, vector, day in features.values_list("id", "dtype", "vector", "day").iterator(chunk_size=2000):
            if (n := position.get(id)) is not None:
                x[n] = np.frombuffer(vector, dtype)
                days[n] = day
        return Dataset(
            task, encoder, ids, x, np.array(y, np.str_), np.array(weight, np.float32), np.array(source, np.str_), days
        )

    def stream(self, encoder: str, view: str = "", size: int = 4096) -> Iterator[Batch]:
        rows = Feature.objects.filter(encoder=self._version(encoder)).order_by("id")
        if view:
            rows = rows.filter(view=view)
        ids: list[UUID] = []
        vectors: list[np.ndarray] = []
        for id, dtype, vector in rows.values_list("id", "dtype", "vector").iterator(chunk_size=2000):
            ids.append(id)
            vectors.append(np.frombuffer(vector, dtype))
            if len(ids) == size:
                yield Batch(ids, np.stack(vectors).astype(np.float32))
                ids, vectors = [], []
        if ids:
            yield Batch(ids, np.stack(vectors).astype(np.float32))

    def stats(self) -> Stats:
        features = Feature.objects.values_list("encoder__version", "view").annotate(n=Count("id"))
        labels = Label.objects.values_list("task", "value", "source").annotate(n=Count("id"))
        return Stats({(e, v): n for e, v, n in features}, {(t, v, s): n for t, v, s, n in labels})

    def _version(self, encoder: str) -> EncoderVersion:
        try:
            return EncoderVersion.objects.get(version=encoder)
        except EncoderVersion.DoesNotExist:
            there = ", ".join(EncoderVersion.objects.values_list("version", flat=True)) or "none"
            raise UnknownEncoder(f"no features of encoder {encoder!r}; there are: {there}") from None
