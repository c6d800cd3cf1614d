"""The evidence about sealed features, written anew at each compaction: a label is thirty bytes, a vector thousands."""

import uuid
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
from django.db import connection, transaction
from django.db.models import Max, QuerySet

from featurestore.models import Label
from featurestore.store import parquet
from featurestore.store.base import Keys, keys_of
from featurestore.store.index import Sealed
from featurestore.store.manifest import Labels, Segment
from featurestore.store.place import Place
from featurestore.store.tables import find_keys, halves, key_order, pieces

COLUMNS = (
    "id",
    "feature_id",
    "task",
    "value",
    "source",
    "labeller",
    "policy",
    "day",
    "confidence",
    "withdrawn",
)


def seal_labels(place: Place, old: Sealed, segments: Sequence[Segment], gone: Keys) -> tuple[Labels, int, list[Path]]:
    """All evidence about features of `segments`: (the file, the new mark, what was written). `gone`: were forgotten.

    A label lies in the file if, and only if, its feature lies in a segment: so forgetting a feature that is in none
    leaves nothing behind.
    """
    before, mark = old.manifest, last_label()
    sealed = _sorted([parquet.read_catalogue(place, segment).keys for segment in segments])
    sealed_before = _sorted([part.keys for encoder in old.opened for _, part in old.catalogues(encoder)])
    kept = parquet.read_labels(place, before.labels)
    sealed_before = sealed_before[find_keys(gone, sealed_before) < 0]
    keys = parquet.keys_in(kept["key"])
    stays = (find_keys(sealed, keys) >= 0) & (find_keys(gone, keys) < 0)
    parts = [kept.filter(pa.array(stays))]
    # Younger labels of whatever is sealed, and older ones of what was sealed only now.
    younger = Label.objects.filter(id__gt=before.mark, id__lte=mark)
    older = Label.objects.filter(id__lte=before.mark, feature__unsealed__sealing=True)
    for rows, is_new in ((younger, False), (older, True)):
        for some in _tables(rows):
            keys = parquet.keys_in(some["key"])
            wanted = find_keys(sealed, keys) >= 0
            if is_new:
                wanted &= find_keys(sealed_before, keys) < 0
            parts.append(some.filter(pa.array(wanted)))
    whole = pa.concat_tables(parts).unify_dictionaries()
    if stays.all() and len(whole) == len(kept):
        return before.labels, mark, []
    high, low = halves(parquet.keys_in(whole["key"]))
    tasks = np.unique(parquet.words_in(whole["task"]), return_inverse=True)[1]
    whole = whole.take(np.lexsort((parquet.numbers_in(whole["label"]), low, high, tasks)))
    path = place.folder / f"{uuid.uuid4().hex[:12]}.labels.parquet"
    return Labels(path.name, parquet.write(whole, path), len(whole)), mark, [path]


def last_label() -> int:
    """A number that no label which is not to be seen yet can be below."""
    with transaction.atomic():
        if connection.vendor == "postgresql":
            # Numbers are given out before rows are committed. The lock waits for writers that already have theirs;
            # SQLite has one writer, which this transaction now is.
            with connection.cursor() as cursor:
                cursor.execute("LOCK TABLE featurestore_label IN SHARE MODE")
        return Label.objects.aggregate(last=Max("id"))["last"] or 0


def _tables(labels: QuerySet[Label]) -> list[pa.Table]:
    tables = []
    for rows in pieces(labels.values_list(*COLUMNS).iterator(chunk_size=10_000), 50_000):
        id, feature, *rest = zip(*rows, strict=True)
        names = ("task", "value", "source", "labeller", "policy", "day", "confidence", "withdrawn")
        columns = {"label": id, "key": keys_of(feature), **dict(zip(names, rest, strict=True))}
        tables.append(parquet.table(columns, parquet.LABELS))
    return tables


def _sorted(parts: Sequence[Keys]) -> Keys:
    whole = np.concatenate([*parts, np.array([], "S16")])
    return whole[key_order(whole)]
