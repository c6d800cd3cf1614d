"""Compaction beside writers, and killed: nothing is lost and nothing is there twice, by counts and checksums."""

import os
import signal
import subprocess
import sys
import threading
import time
import zlib
from collections.abc import Callable
from pathlib import Path
from uuid import UUID

import numpy as np
import pyarrow.parquet as pq
import pytest
from django.db import connection, connections

from featurestore.models import Forgotten, Label, Unsealed
from featurestore.store import sealing
from featurestore.store.base import DTYPE
from featurestore.store.place import Place
from featurestore.store.sealing import compact
from featurestore.store.segments import SegmentStore
from tests.featurestore.store.test_conformance import features, yes

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]


def check(vector: np.ndarray) -> int:
    return zlib.crc32(vector.astype(DTYPE).tobytes())


def read(store: SegmentStore) -> dict[UUID, int]:
    """What a stream and a data set see: id -> checksum. Fails if one is seen twice, or if they differ."""
    streamed: dict[UUID, int] = {}
    for batch in store.stream("e-1", size=64):
        for id, x in zip(batch.ids, batch.x, strict=True):
            assert id not in streamed, "streamed twice"
            streamed[id] = check(x)
    return streamed


def sealed_ids(place: Place) -> list[UUID]:
    tables = [pq.read_table(place.folder / segment.catalogue) for segment in place.manifest().segments]
    return [UUID(bytes=key) for rows in tables for key in rows["key"].to_pylist()]


class Writer(threading.Thread):
    """Puts about 50 features a second, labels each twice, and forgets every seventh."""

    def __init__(self, place: Place) -> None:
        super().__init__()
        self.store = SegmentStore(place)
        self.kept: dict[UUID, int] = {}
        self.going: set[UUID] = set()  # will be forgotten, or was
        self.forgotten: set[UUID] = set()
        self.enough = threading.Event()
        self.error: BaseException | None = None
        self.calls = 0

    def run(self) -> None:
        try:
            rng = np.random.default_rng(5)
            while not self.enough.is_set():
                began = time.monotonic()
                (new,) = features(1)
                vector = rng.normal(size=8).astype(np.float32)
                (id,) = self.store.put([type(new)("e-1", "picture", vector, "DK", new.day)])
                self.store.label([yes(id), yes(id, source="audit", value="no")])
                self.calls += 1
                if self.calls % 7 == 0:
                    victim = next(iter(self.kept))
                    self.going.add(victim)
                    self.store.forget([victim])
                    del self.kept[victim]
                    self.forgotten.add(victim)
                self.kept[id] = check(vector)
                self.enough.wait(max(0, 0.02 - (time.monotonic() - began)))
        except BaseException as error:
            self.error = error
        finally:
            connections.close_all()


def test_beside_fifty_puts_a_second_and_a_kill(place, settings):
    settings.SEGMENT_ROWS = 100
    SegmentStore(place).put(features(300))
    before = read(SegmentStore(place))
    writer = Writer(place)
    reader = SegmentStore(place)
    writer.start()
    try:
        compactions = 0
        ends = time.monotonic() + 6
        while time.monotonic() < ends or compactions < 4:
            if compactions == 2:
                _killed_in_the_middle(place)
            compact(place)
            compactions += 1
            known, gone = dict(writer.kept), set(writer.forgotten)
            seen = read(reader)
            stays = known.keys() - writer.going
            assert not gone & seen.keys()
            assert {id: seen.get(id) for id in stays} == {id: known[id] for id in stays}
    finally:
        writer.enough.set()
        writer.join()
    assert writer.error is None
    assert writer.calls > 100
    expected = before | writer.kept
    assert read(reader) == expected
    compact(place)
    assert read(SegmentStore(place)) == expected
    assert sorted(sealed_ids(place)) == sorted(expected)
    assert (Unsealed.objects.count(), Forgotten.objects.count()) == (0, 0)
    said = SegmentStore(place).evidence("face", "e-1")
    assert len(said) == 2 * len(writer.kept) == Label.objects.count()
    assert len(said.features) == len(writer.kept)


def _killed_in_the_middle(place: Place) -> None:
    """The command in a process of its own, killed (-9) as soon as it has begun to write a segment."""
    there = set(place.folder.glob("*.npy"))
    with subprocess.Popen(
        [sys.executable, "manage.py", "compact_features", "--rebuild"],
        env={
            **os.environ,
            "DATABASE_URL": database_url(),
            "SEGMENTS_URL": str(place.folder),
            "SECRET_KEY": "x" * 40,
            "DJANGO_SETTINGS_MODULE": "brickmod.settings",
        },
        cwd=Path(__file__).parents[3],
        stdout=subprocess.DEVNULL,
    ) as process:
        while process.poll() is None and not set(place.folder.glob("*.npy")) - there:
            time.sleep(0.001)
        process.kill()
    assert process.returncode == -signal.SIGKILL, "it ended before it could be killed"


def database_url() -> str:
    """Of the database that this test runs on."""
    now = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{now['NAME']}"
    host = f"?host={now['HOST']}" if now["HOST"].startswith("/") else ""
    where = "" if host else f"{now['HOST']}:{now['PORT']}"
    password = f":{now['PASSWORD']}" if now["PASSWORD"] else ""
    return f"postgresql://{now['USER']}{password}@{where}/{now['NAME']}{host}"


def in_a_child_that_dies(place: Place, where: Callable[[pytest.MonkeyPatch], None]) -> None:
    """A compaction in a process that kills itself (-9) where `where` has set the trap."""
    connections.close_all()
    child = os.fork()
    if child == 0:
        with pytest.MonkeyPatch.context() as patch:
            where(patch)
            try:
                compact(place)
            finally:
                os._exit(7)  # it came through alive
    assert os.waitpid(child, 0)[1] == signal.SIGKILL


def die(*args, **options):
    os.kill(os.getpid(), signal.SIGKILL)


def _after(patch: pytest.MonkeyPatch, owner: object, name: str) -> None:
    real = getattr(owner, name)

    def then_die(*args, **options):
        real(*args, **options)
        die()

    patch.setattr(owner, name, then_die)


TRAPS: dict[str, Callable[[pytest.MonkeyPatch], None]] = {
    "marked": lambda patch: _after(patch, sealing, "_mark"),
    "a segment is half written": lambda patch: _after(patch, sealing._Writer, "add"),
    "a segment is written": lambda patch: _after(patch, sealing._Writer, "finish"),
    "labels are written": lambda patch: _after(patch, sealing, "seal_labels"),
    "files are on the disk": lambda patch: patch.setattr(Path, "replace", die),
    "the manifest is there": lambda patch: _after(patch, Path, "replace"),
    "old files are removed": lambda patch: _after(patch, Place, "publish"),
}


@pytest.mark.parametrize("trap", TRAPS)
def test_killed_where_it_hurts(place, trap):
    store = SegmentStore(place)
    ids = store.put(features(40))
    store.label([yes(id) for id in ids])
    compact(place)
    ids += store.put(features(20))
    store.label([yes(id, value="no") for id in ids])
    store.forget(ids[:3])
    expected = {f.id: check(f.vector) for f in store.get(ids)}
    in_a_child_that_dies(place, TRAPS[trap])

    def all_is_well(expected: dict[UUID, int]) -> None:
        reader = SegmentStore(place)
        assert read(reader) == expected
        data = reader.dataset("face", "e-1")
        assert {id: check(x) for id, x in zip(data.ids, data.x, strict=True)} == expected
        assert set(data.y) == {"no"}
        assert len(reader.evidence("face", "e-1")) == Label.objects.count()

    all_is_well(expected)
    store.forget(ids[-2:])  # one that was being sealed
    expected = {id: seen for id, seen in expected.items() if id not in ids[-2:]}
    all_is_well(expected)
    compact(place)
    all_is_well(expected)
    assert sorted(sealed_ids(place)) == sorted(expected)
    assert {path.name for path in place.folder.iterdir()} == place.manifest().files | {"manifest.json", "lock"}
    assert (Unsealed.objects.count(), Forgotten.objects.count()) == (0, 0)


def test_a_rebuild_finds_all_again(place):
    store = SegmentStore(place)
    ids = store.put(features(30))
    store.label([yes(id) for id in ids])
    compact(place)
    before = read(store)
    for path in place.folder.iterdir():
        path.unlink()
    assert compact(place, rebuild=True).features == 30
    assert read(SegmentStore(place)) == before
    assert SegmentStore(place).dataset("face", "e-1").ids == sorted(ids)


def test_labels_that_a_younger_one_overtook_are_not_lost(place):
    """A label is written but not committed while a compaction looks, and gets its number before the mark is taken."""
    store = SegmentStore(place)
    ids = store.put(features(4))
    started, go_on = threading.Event(), threading.Event()

    def slow() -> None:
        from django.db import transaction

        try:
            with transaction.atomic():
                store.label([yes(ids[0])])
                started.set()
                go_on.wait(5)
        finally:
            connections.close_all()

    thread = threading.Thread(target=slow)
    thread.start()
    started.wait(5)
    threading.Timer(0.5, go_on.set).start()
    if connection.vendor == "postgresql":
        store.label([yes(ids[1])])  # overtakes
    compact(place)
    thread.join()
    store.label([yes(ids[2])])
    compact(place)
    assert len(SegmentStore(place).evidence("face", "e-1")) == Label.objects.count()
