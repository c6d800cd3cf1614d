"""What a feature costs to write and to read: ours against Feast (SQLite online store) and against one file each.

All on the same vectors (1280 numbers, float16 at rest, with a label each), in folders that are thrown away. Ours is the
store as it is in production: `put` and `get one` are the database's, `dataset` and `million` are read from sealed
segments, by a process that opens them for the first time, checksums included. Feast runs in an environment of its own,
which is made from requirements-peers.txt when it is not there.
"""

import json
import logging
import os
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import UUID

import numpy as np
from _common import ROOT, Row, parser, report, say

DIM, ENCODER, TASK, DAY = 1280, "bench-1", "face", date(2026, 3, 1)
MICROSECONDS = 1e6
SINGLE = 500
PEERS = Path(__file__).with_name("requirements-peers.txt")


def start_django(folder: Path) -> None:
    os.environ |= {
        "BRICKMOD_VAR": str(folder),
        "DATABASE_URL": f"sqlite:///{folder}/bench.sqlite3",
        "SECRET_KEY": "only-for-a-benchmark-that-is-thrown-away",
        "FEATURESTORE": "segments",
        "DJANGO_SETTINGS_MODULE": "brickmod.settings",
    }
    import django

    django.setup()


def vectors(n: int) -> np.ndarray:
    """float32 (n, DIM), no two rows alike, made as quickly as they can be written."""
    block = np.random.default_rng(0).normal(size=(4096, DIM)).astype(np.float32)
    made = np.empty((n, DIM), np.float32)
    for first in range(0, n, len(block)):
        made[first : first + len(block)] = block[: n - first] + first / 1e6
    return made


def seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


# -- ours --------------------------------------------------------------------------------------------------------
def ours(x: np.ndarray) -> dict[str, float]:
    from django.core.management import call_command

    from featurestore.store import get_store
    from featurestore.store.base import NewFeature, NewLabel
    from featurestore.store.sealing import compact

    call_command("migrate", verbosity=0)
    store, n, ids = get_store(), len(x), []
    taken = 0.0
    for first in range(0, n, 1000):
        new = [NewFeature(ENCODER, "picture", row, "DK", DAY) for row in x[first : first + 1000]]
        started = time.perf_counter()
        ids += store.put(new)
        taken += time.perf_counter() - started
        if first % 20_000 == 0:
            say(f"ours: put {first:,} of {n:,}")
    for first in range(0, n, 5000):
        store.label([NewLabel(id, TASK, "yes", "moderator", 1, DAY) for id in ids[first : first + 5000]])
    one = seconds(lambda: [store.get([id]) for id in ids[:SINGLE]])
    from_database = seconds(lambda: store.dataset(TASK, ENCODER))
    say(f"ours: {compact()}")
    from_segments = statistics.median(child("dataset")["seconds"] for _ in range(3))
    return {
        "put": taken / n,
        "get one": one / SINGLE,
        "dataset": from_segments / n,
        "dataset, database": from_database / n,
    }


def child(what: str) -> dict[str, float]:
    """A reading in a process of its own, which has opened nothing yet. {"seconds", "rows", "array_mb", "over_mb"}."""
    done = subprocess.run([sys.executable, __file__, "--child", what], stdout=subprocess.PIPE, check=True)
    return json.loads(done.stdout)


def read_as_child(what: str) -> None:
    from featurestore.store import get_store

    store = get_store()
    store.encoders()  # imports and the connection are not what is measured
    import pyarrow.parquet  # noqa: F401

    before = peak_mb()
    started = time.perf_counter()
    if what == "sweep":
        rows, array, total = 0, 0.0, 0.0
        for batch in store.stream(ENCODER):
            rows += len(batch.x)
            total += float(batch.x[0, 0])
            array = max(array, batch.x.nbytes / 1e6)
    else:
        data = store.dataset(TASK, ENCODER, dtype=np.float16 if what == "arrays" else np.float32)
        rows, array = len(data), data.x.nbytes / 1e6
    took = time.perf_counter() - started
    print(json.dumps({"seconds": took, "rows": rows, "array_mb": array, "over_mb": peak_mb() - before - array}))


def peak_mb() -> float:
    """The most memory that this process ever held, mapped files included. VmHWM: of this process alone, where
    getrusage would report its parent's."""
    (line,) = [line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM")]
    return int(line.split()[1]) / 1024


def fill_with_a_million(n: int) -> None:
    """Segments and labels as a compaction writes them, without a database of 4 GB to write them from."""
    from django.core.management import call_command

    from featurestore.models import EncoderVersion
    from featurestore.store import parquet, sealing
    from featurestore.store.manifest import Labels, Manifest
    from featurestore.store.place import Place
    from featurestore.store.tables import catalogue_of, key_order

    call_command("migrate", verbosity=0)
    place = Place.configured()
    place.folder.mkdir(parents=True, exist_ok=True)
    version = EncoderVersion.objects.create(version=ENCODER, dim=DIM)
    rng = np.random.default_rng(1)
    block = rng.normal(size=(4096, DIM)).astype(np.float16)
    keys = np.frombuffer(rng.bytes(16 * n), "S16")
    keys = keys[key_order(keys)]
    segments, rows = [], 0
    while rows < n:
        writer = sealing._Writer(place, version, size := min(262_144, n - rows))
        for first in range(0, size, len(block)):
            count = min(len(block), size - first)
            some = keys[rows + first : rows + first + count]
            writer.add(catalogue_of(some, ["picture"] * count, ["DK"] * count, [DAY] * count), block[:count])
        segments.append(writer.finish()[0])
        rows += size
        say(f"million: {rows:,} of {n:,} written")
    columns = {"label": np.arange(1, n + 1), "key": keys, "task": [TASK] * n, "value": ["yes"] * n, "policy": [1] * n}
    columns |= {"source": ["moderator"] * n, "labeller": [""] * n, "day": [DAY] * n, "confidence": [1.0] * n}
    columns |= {"withdrawn": [False] * n}
    path = place.folder / "labels.parquet"
    labels = Labels(path.name, parquet.write(parquet.table(columns, parquet.LABELS), path), n)
    place.publish(Manifest(n, segments, labels), [path])


# -- the peers ---------------------------------------------------------------------------------------------------
def files(x: np.ndarray, folder: Path) -> dict[str, float]:
    folder.mkdir()
    names = [folder / UUID(int=n).hex for n in np.random.default_rng(0).permutation(len(x)).tolist()]

    def put() -> None:
        for name, row in zip(names, x, strict=True):
            name.write_bytes(row.astype(np.float16).tobytes())

    def dataset() -> None:
        whole = np.empty(x.shape, np.float32)
        for n, name in enumerate(names):
            whole[n] = np.fromfile(name, np.float16)

    taken = seconds(put)
    one = seconds(lambda: [np.fromfile(name, np.float16) for name in names[:SINGLE]])
    return {"put": taken / len(x), "get one": one / SINGLE, "dataset": seconds(dataset) / len(x)}


def feast(x: np.ndarray, folder: Path, kind: str) -> dict[str, float]:
    python = peers_environment()
    folder.mkdir()
    np.save(folder / "vectors.npy", x.astype(np.float16))
    (folder / "repo").mkdir()
    say(f"Feast, {kind}: {len(x):,} features")
    script = str(Path(__file__).with_name("_feast.py"))
    command = [str(python), script, str(folder / "repo"), str(folder / "vectors.npy"), kind]
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder), "PYTHONWARNINGS": "ignore"}
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, check=True)
    return json.loads(done.stdout.splitlines()[-1])


def peers_environment() -> Path:
    """Its python; made by uv, with the hashes of requirements-peers.txt, where that has changed or nothing is there."""
    folder = ROOT / "var" / "bench" / "peers"
    stamp = folder / "requirements"
    if not stamp.exists() or stamp.read_text() != PEERS.read_text():
        say("making the environment of the peers")
        uv = shutil.which("uv", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}") or "uv"
        shutil.rmtree(folder, ignore_errors=True)
        subprocess.run([uv, "venv", "-q", "--python", sys.executable, str(folder)], check=True)
        python = str(folder / "bin" / "python")
        subprocess.run([uv, "pip", "sync", "-q", "--python", python, "--require-hashes", str(PEERS)], check=True)
        stamp.write_text(PEERS.read_text())
    return folder / "bin" / "python"


def dynamodb(x: np.ndarray) -> dict[str, float]:
    """Against moto's server in this process: it says what our side costs, and nothing of DynamoDB's speed."""
    from moto.server import ThreadedMotoServer

    from featurestore.store.base import NewFeature, NewLabel
    from featurestore.store.dynamodb import DynamoStore
    from featurestore.store.table import Table

    os.environ |= {"AWS_ACCESS_KEY_ID": "bench", "AWS_SECRET_ACCESS_KEY": "bench"}
    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    table = Table("bench", "http://{}:{}".format(*server.get_host_and_port()))
    table.create()
    store, n = DynamoStore(table), len(x)
    ids: list[UUID] = []
    put = seconds(lambda: ids.extend(store.put([NewFeature(ENCODER, "picture", row, "DK", DAY) for row in x])))
    store.label([NewLabel(id, TASK, "yes", "moderator", 1, DAY) for id in ids])
    one = seconds(lambda: [store.get([id]) for id in ids[:100]])
    whole = seconds(lambda: store.dataset(TASK, ENCODER))
    server.stop()
    return {"put": put / n, "get one": one / 100, "dataset": whole / n}


def main() -> None:
    made = parser(__doc__)
    made.add_argument("--dynamodb", action="store_true", help="also rows of DynamoDB's backend, on a local server")
    made.add_argument("--child", choices=["fill", "dataset", "arrays", "sweep"], help="for the benchmark itself")
    made.add_argument("--rows", type=int, default=0, help="for the benchmark itself")
    arguments = made.parse_args()
    if arguments.child:
        start_django(Path(os.environ["BRICKMOD_VAR"]))
        if arguments.child == "fill":
            fill_with_a_million(arguments.rows)
        else:
            read_as_child(arguments.child)
        return
    n = 40_000 if arguments.quick else 100_000
    many = 300_000 if arguments.quick else 1_000_000
    with TemporaryDirectory(prefix="brickmod-bench-") as name:
        folder = Path(name)
        x = vectors(n)
        peers = {
            "Feast, Array(Float32)": feast(x, folder / "array", "array"),
            "Feast, vector as bytes": feast(x, folder / "bytes", "bytes"),
            "one file each": files(x, folder / "files"),
        }
        for used in ("array", "bytes", "files"):
            shutil.rmtree(folder / used)
        (folder / "ours").mkdir()
        start_django(folder / "ours")
        mine = ours(x)
        rows = []
        for number, (peer, figures) in enumerate(peers.items()):
            # Against Feast's own type for vectors the rows have the plain names.
            more = ("", ", bytes", ", files")[number]
            for case in ("put", "get one", "dataset"):
                rows.append(Row(case + more, mine[case] * MICROSECONDS, figures[case] * MICROSECONDS, peer, "us"))
        first, _, second = peers.values()
        database = mine["dataset, database"] * MICROSECONDS
        rows.append(
            Row("dataset, from the database", database, first["dataset"] * MICROSECONDS, next(iter(peers)), "us")
        )
        if arguments.dynamodb:
            local = dynamodb(x[:2000])
            rows += [
                Row(
                    f"{case}, DynamoDB on a local server",
                    local[case] * MICROSECONDS,
                    first[case] * MICROSECONDS,
                    "Feast",
                    "us",
                )
                for case in ("put", "get one", "dataset")
            ]
        rows += million(many, first["dataset"], second["dataset"])
    report("featurestore", rows)


def million(n: int, feast_each: float, file_each: float) -> list[Row]:
    """Opened and swept once; and as arrays with labels. The peers' figure is what their `dataset` took a feature."""
    with TemporaryDirectory(prefix="brickmod-bench-") as name:
        os.environ["BRICKMOD_VAR"] = name
        subprocess.run([sys.executable, __file__, "--child", "fill", "--rows", str(n)], check=True)
        swept, arrays = child("sweep"), child("arrays")
    assert swept["rows"] == arrays["rows"] == n, (swept, arrays)
    each = swept["seconds"] / n * MICROSECONDS
    return [
        Row("million", each, feast_each * MICROSECONDS, f"Feast's dataset; {n:,} swept by ours", "us"),
        Row("million, files", each, file_each * MICROSECONDS, "one file each, their dataset", "us"),
        Row("million, seconds for all", swept["seconds"], unit="s"),
        Row("million, peak memory of the sweep", swept["over_mb"] + swept["array_mb"], unit="MB"),
        Row("million, as labelled arrays", arrays["seconds"], unit="s"),
        Row("million, array", arrays["array_mb"], unit="MB"),
        Row("million, peak memory over the array", arrays["over_mb"], unit="MB"),
    ]


if __name__ == "__main__":
    main()
