"""A day's pairs as one file: an Arrow table, its columns compressed, its rows in random order.

Columns: a_score, b_score uint16 (thousandths; float32 when read) · a_hit, b_hit uint8 · label, stratum int8 · chance
float32 · a_ms, b_ms float32 (one decimal) · market, language, device int16, codes into the names that lie as JSON in
the table's metadata. Rounded scores are no loss to any figure on a page, and less of a fingerprint.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from featurestore.privacy.settling import K

SLICES = ("market", "language", "device")
_TYPES: dict[str, Any] = {
    "a_score": np.float32,
    "b_score": np.float32,
    "a_hit": np.uint8,
    "b_hit": np.uint8,
    "label": np.int8,
    "stratum": np.int8,
    "chance": np.float32,
    "a_ms": np.float32,
    "b_ms": np.float32,
    **dict.fromkeys(SLICES, np.int16),
}
SCORES = {"a_score", "b_score"}
MILLISECONDS = ("a_ms", "b_ms")
STATISTICS = tuple(name for name in _TYPES if name not in MILLISECONDS)


class BrokenBlock(ValueError):
    """What is stored is not what was written."""


@dataclass(frozen=True)
class Columns:
    """n rows. `arrays`: name -> (n,) as above; `names`: slice -> what its codes mean."""

    arrays: dict[str, NDArray[Any]]
    names: dict[str, tuple[str, ...]]

    def __len__(self) -> int:
        return len(next(iter(self.arrays.values())))


def columns(arrays: dict[str, Sequence[Any]], slices: dict[str, Sequence[str]]) -> Columns:
    """Columns of plain values; each slice's values are given as words."""
    coded = {name: coded_words(values) for name, values in slices.items()}
    numbers = {name: np.asarray(values, _TYPES[name]) for name, values in arrays.items()}
    return Columns(
        numbers | {name: codes for name, (codes, _) in coded.items()}, {name: said for name, (_, said) in coded.items()}
    )


def coded_words(values: Sequence[str]) -> tuple[NDArray[np.int16], tuple[str, ...]]:
    """(codes (n,), names): "" has the code 0."""
    names = ("", *sorted(set(values) - {""}))
    place = {name: n for n, name in enumerate(names)}
    return np.fromiter((place[value] for value in values), np.int16, len(values)), names


def joined(many: Sequence[Columns]) -> Columns:
    """One below the other. Every one has the same columns; names may differ."""
    names = {name: ("", *sorted(set().union(*(one.names[name] for one in many)) - {""})) for name in many[0].names}
    arrays = {}
    for column in many[0].arrays:
        if column not in names or all(one.names[column] == names[column] for one in many):
            arrays[column] = np.concatenate([one.arrays[column] for one in many])
            continue
        place = {name: n for n, name in enumerate(names[column])}
        tables = [np.array([place[name] for name in one.names[column]], np.int16) for one in many]
        arrays[column] = np.concatenate(
            [table[one.arrays[column]] for table, one in zip(tables, many, strict=True)], dtype=np.int16
        )
    return Columns(arrays, names)


def coarsened(rows: Columns, least: int = K) -> Columns:
    """The same rows; a value that fewer than `least` of them share becomes "".

    A few that are "" would themselves be told apart, so others join them until they are `least`: rows of the rarest
    value that is left, drawn at random, or all of it where too few would stay.
    """
    arrays, names = dict(rows.arrays), dict(rows.names)
    for name in names:
        codes = arrays[name].copy()
        counts = np.bincount(codes, minlength=len(names[name])).tolist()
        nameless = counts[0]
        for code in sorted(range(1, len(counts)), key=counts.__getitem__):
            lacking = least - nameless if nameless else 0
            if counts[code] >= least:
                if lacking <= 0:
                    break
                those = np.nonzero(codes == code)[0]
                if counts[code] - lacking >= least:
                    codes[np.random.default_rng().choice(those, lacking, replace=False)] = 0
                    break
            codes[codes == code] = 0
            nameless += counts[code]
        kept, arrays[name] = np.unique(np.append(codes, 0), return_inverse=True)
        arrays[name] = arrays[name][:-1].astype(np.int16)
        names[name] = tuple(names[name][code] for code in kept)
    return Columns(arrays, names)


def shuffled(rows: Columns) -> Columns:
    """In random order, of the system's own random numbers."""
    order = np.random.default_rng().permutation(len(rows))
    return Columns({name: array[order] for name, array in rows.arrays.items()}, rows.names)


def pack(rows: Columns) -> tuple[bytes, str]:
    """The file, and its SHA-256."""
    arrays = dict(rows.arrays)
    for name in SCORES:
        arrays[name] = np.round(arrays[name] * 1000).astype(np.uint16)
    for name in MILLISECONDS:
        arrays[name] = np.round(arrays[name], 1)
    table = pa.table({name: arrays[name] for name in _TYPES})
    table = table.replace_schema_metadata({"names": json.dumps(rows.names)})
    out = pa.BufferOutputStream()
    with pa.ipc.new_file(out, table.schema, options=pa.ipc.IpcWriteOptions(compression="zstd")) as writer:
        writer.write_table(table)
    data = out.getvalue().to_pybytes()
    return data, hashlib.sha256(data).hexdigest()


def unpack(data: bytes | memoryview, sha256: str, only: Sequence[str] = tuple(_TYPES)) -> Columns:
    """What was packed; only these columns are read. Raises BrokenBlock."""
    if hashlib.sha256(data).hexdigest() != sha256:
        raise BrokenBlock("its checksum is another")
    wanted = [n for n, name in enumerate(_TYPES) if name in only]
    # One day is too little to be worth a thread.
    options = pa.ipc.IpcReadOptions(included_fields=wanted, use_threads=False)
    with pa.ipc.open_file(pa.py_buffer(data), options=options) as reader:
        table = reader.read_all()
        names = json.loads(reader.schema.metadata[b"names"])
    arrays = {name: table[name].to_numpy() for name in table.column_names}
    for name in SCORES & arrays.keys():
        arrays[name] = arrays[name].astype(np.float32) / np.float32(1000)
    return Columns(arrays, {name: tuple(said) for name, said in names.items() if name in only})
