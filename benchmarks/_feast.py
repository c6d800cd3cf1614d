"""Runs in the peers' environment: Feast with its SQLite online store, on vectors from a file. Prints JSON.

python _feast.py FOLDER VECTORS.npy array|bytes    FOLDER is empty and thrown away

"array" keeps a vector as Feast's own type for it, Array(Float32); "bytes" as one value that Feast knows nothing of,
which is several times faster.
"""

import json
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
from feast import Entity, FeatureStore, FeatureView, Field, FileSource, RepoConfig, ValueType
from feast.types import Array, Bytes, Float32, String

# Where Feast is quickest: of 100, 1000 and 4000, tried for each.
WRITTEN, READ = 4000, 100
SINGLE = 200


def main() -> None:
    folder, vectors, array = Path(sys.argv[1]), np.load(sys.argv[2], mmap_mode="r"), sys.argv[3] == "array"
    n, dim = vectors.shape
    config = RepoConfig(
        project="bench",
        provider="local",
        registry=str(folder / "registry.db"),
        online_store={"type": "sqlite", "path": str(folder / "online.db")},
        entity_key_serialization_version=3,
    )
    store = FeatureStore(config=config)
    key = Entity(name="feature", join_keys=["id"], value_type=ValueType.STRING)
    empty = {"id": [""], "vector": [[0.0] if array else b""], "label": [""], "at": [datetime.now(UTC)]}
    pd.DataFrame(empty).to_parquet(folder / "empty.parquet")
    view = FeatureView(
        name="vectors",
        entities=[key],
        ttl=timedelta(0),
        schema=[
            Field(name="id", dtype=String),
            Field(name="vector", dtype=Array(Float32) if array else Bytes),
            Field(name="label", dtype=String),
        ],
        source=FileSource(path=str(folder / "empty.parquet"), timestamp_field="at"),
    )
    store.apply([key, view])
    ids = [f"{number:032x}" for number in np.random.default_rng(0).permutation(n)]
    now = datetime.now(UTC)

    started = time.perf_counter()
    for first in range(0, n, WRITTEN):
        rows = vectors[first : first + WRITTEN].astype(np.float16)
        frame = {
            "id": ids[first : first + WRITTEN],
            "vector": rows.astype(np.float32).tolist() if array else [row.tobytes() for row in rows],
        }
        frame |= {"label": ["yes"] * len(rows), "at": [now] * len(rows)}
        store.write_to_online_store("vectors", pd.DataFrame(frame))
    put = time.perf_counter() - started

    def read(rows: list) -> np.ndarray:
        return np.array(rows, np.float32) if array else np.frombuffer(b"".join(rows), np.float16).reshape(-1, dim)

    wanted = ["vectors:vector", "vectors:label"]
    started = time.perf_counter()
    for id in ids[:SINGLE]:
        answer = store.get_online_features(features=wanted, entity_rows=[{"id": id}]).to_dict()
        read(answer["vector"])
    one = time.perf_counter() - started

    started = time.perf_counter()
    x, y = np.empty((n, dim), np.float32), []
    for first in range(0, n, READ):
        rows = [{"id": id} for id in ids[first : first + READ]]
        answer = store.get_online_features(features=wanted, entity_rows=rows).to_dict()
        x[first : first + len(rows)] = read(answer["vector"])
        y += answer["label"]
    whole = time.perf_counter() - started
    assert np.array_equal(x[-1], vectors[-1].astype(np.float16).astype(np.float32))
    assert set(y) == {"yes"}
    print(json.dumps({"put": put / n, "get one": one / SINGLE, "dataset": whole / n}))


if __name__ == "__main__":
    main()
