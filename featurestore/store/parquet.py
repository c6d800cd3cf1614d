"""The catalogue of a segment and the sealed labels, as Parquet files and as columns of numpy."""

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from featurestore.store.base import Catalogue, Keys
from featurestore.store.manifest import Labels, Segment
from featurestore.store.place import Place

KEY = pa.binary(16)
WORD = pa.dictionary(pa.int32(), pa.string())
CATALOGUE = pa.schema([("key", KEY), ("view", WORD), ("market", WORD), ("day", pa.date32())])
# `label` is the label's number in the database, by which newer ones are told from older ones.
LABELS = pa.schema(
    [
        ("label", pa.int64()),
        ("key", KEY),
        ("task", WORD),
        ("value", WORD),
        ("source", WORD),
        ("labeller", WORD),
        ("policy", pa.int32()),
        ("day", pa.date32()),
        ("confidence", pa.float32()),
        ("withdrawn", pa.bool_()),
    ]
)


def table(columns: Mapping[str, Any], schema: pa.Schema) -> pa.Table:
    """Columns of numpy or lists, under a schema."""
    return pa.table({name: _array(columns[name], schema.field(name).type) for name in schema.names}, schema=schema)


def _array(values: Any, kind: pa.DataType) -> pa.Array:
    if kind == KEY:
        keys = np.ascontiguousarray(values, "S16")
        return pa.FixedSizeBinaryArray.from_buffers(KEY, len(keys), [None, pa.py_buffer(keys.tobytes())])
    if kind == WORD:
        words, place = np.unique(np.asarray(values, np.str_), return_inverse=True)
        return pa.DictionaryArray.from_arrays(pa.array(place.astype(np.int32)), pa.array(words.tolist(), pa.string()))
    return pa.array(values, kind)


def write(rows: pa.Table, path: Path) -> str:
    """Returns the file's SHA-256."""
    pq.write_table(rows, path, compression="zstd")
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _read(path: Path) -> pa.Table:
    # Not by read_table(), which imports pandas (a second and more) for what is not needed here.
    with pq.ParquetFile(path) as file:
        return file.read()


def read_catalogue(place: Place, segment: Segment) -> Catalogue:
    rows = _read(place.checked(segment.catalogue, segment.catalogue_sha256))
    return Catalogue(keys_in(rows["key"]), words_in(rows["view"]), words_in(rows["market"]), days_in(rows["day"]))


def read_labels(place: Place, labels: Labels) -> pa.Table:
    """Sorted by task, key, label. Empty where nothing was sealed yet."""
    if not labels.file:
        return LABELS.empty_table()
    return _read(place.checked(labels.file, labels.sha256))


def labels_of(place: Place, labels: Labels, task: str) -> list[NDArray[Any]]:
    """Key, value, source, labeller, policy, day, confidence, withdrawn of one task, sorted by key, oldest first."""
    rows = read_labels(place, labels)
    # Sorted by task: a slice, and nothing is copied. (Arrow's own comparison would import pandas to look at a word.)
    here = np.flatnonzero(words_in(rows["task"]) == task)
    rows = rows.slice(int(here[0]), len(here)) if len(here) else rows.slice(0, 0)
    return [
        keys_in(rows["key"]),
        *(words_in(rows[name]) for name in ("value", "source", "labeller")),
        numbers_in(rows["policy"]),
        days_in(rows["day"]),
        numbers_in(rows["confidence"]),
        _buffers(rows["withdrawn"].cast(pa.uint8()), np.uint8).astype(np.bool_),
    ]


# Columns are taken from Arrow's buffers, since its own to_numpy() imports all of pandas on the way.
def _buffers(column: pa.ChunkedArray, kind: Any) -> NDArray[Any]:
    parts = [
        np.frombuffer(chunk.buffers()[1], kind)[chunk.offset : chunk.offset + len(chunk)]
        for chunk in column.chunks
        if len(chunk)
    ]
    if len(parts) == 1:
        return parts[0]
    return np.concatenate(parts) if parts else np.array([], kind)


def keys_in(column: pa.ChunkedArray) -> Keys:
    return _buffers(column, "S16")


def numbers_in(column: pa.ChunkedArray) -> NDArray[Any]:
    """Of int32, int64 or float32."""
    return _buffers(column, {pa.int32(): np.int32, pa.int64(): np.int64, pa.float32(): np.float32}[column.type])


def days_in(column: pa.ChunkedArray) -> NDArray[np.datetime64]:
    return _buffers(column, np.int32).astype("datetime64[D]")


def words_in(column: pa.ChunkedArray) -> NDArray[np.str_]:
    parts = []
    for chunk in column.chunks:
        if len(chunk):
            places = _buffers(pa.chunked_array([chunk.indices]), np.int32)
            parts.append(np.array(chunk.dictionary.to_pylist(), np.str_)[places])
    return np.concatenate(parts) if parts else np.array([], np.str_)
