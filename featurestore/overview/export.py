"""A label view's dataset as one Parquet file, sent while it is read."""

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from featurestore.labels.views import Labels, apply
from featurestore.store.base import Catalogue, FeatureStore


class _Out:
    """A file that only ever hands on what was written to it."""

    closed = False

    def __init__(self) -> None:
        self._held: list[bytes] = []

    def write(self, data: bytes) -> int:
        self._held.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        return

    def close(self) -> None:
        self.closed = True

    def take(self) -> bytes:
        held, self._held = self._held, []
        return b"".join(held)


def parquet(store: FeatureStore, task: str, encoder: str, view: str = "", label_view: str = "") -> Iterator[bytes]:
    """Pieces of a Parquet file: a row a labelled feature, in no order. Memory: the evidence and one block of vectors.

    Raises UnknownEncoder and UnknownView before the first piece.
    """
    evidence = store.evidence(task, encoder, view)
    labels = apply(label_view, evidence, task)
    dim = store.encoders()[encoder]
    return _pieces(store, encoder, dim, evidence.features.take(labels.row), labels, {"task": task, "encoder": encoder})


def _pieces(
    store: FeatureStore, encoder: str, dim: int, about: Catalogue, labels: Labels, meta: dict[str, str]
) -> Iterator[bytes]:
    schema = pa.schema(
        [
            ("id", pa.binary(16)),
            ("view", pa.string()),
            ("market", pa.string()),
            ("day", pa.date32()),
            ("label", pa.string()),
            ("weight", pa.float32()),
            ("source", pa.string()),
            ("vector", pa.list_(pa.float16(), dim)),
        ],
        metadata=meta | {"label_view": labels.view},
    )
    out = _Out()
    with pq.ParquetWriter(out, schema, compression="zstd") as writer:
        for places, block in store.sweep(encoder, about.keys):
            some = about.take(places)
            writer.write_batch(
                pa.record_batch(
                    [
                        pa.array([key.ljust(16, b"\0") for key in some.keys.tolist()], pa.binary(16)),
                        pa.array(some.view.tolist(), pa.string()),
                        pa.array(some.market.tolist(), pa.string()),
                        pa.array(some.day.astype("datetime64[D]")),
                        pa.array(labels.value[places].tolist(), pa.string()),
                        pa.array(labels.weight[places]),
                        pa.array(labels.source[places].tolist(), pa.string()),
                        pa.FixedSizeListArray.from_arrays(pa.array(_flat(block)), dim),
                    ],
                    schema=schema,
                )
            )
            yield out.take()
    yield out.take()


def _flat(block: NDArray[np.float16]) -> NDArray[np.float16]:
    return np.ascontiguousarray(block).reshape(-1).copy()  # the block is only valid until the next
