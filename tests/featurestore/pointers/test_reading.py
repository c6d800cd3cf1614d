"""Many at once, in order, and no wait without end."""

import threading
import time
from datetime import date

import pytest

from featurestore.pointers.fetching import Fetched, Outcome
from featurestore.pointers.manifest import Pointer
from featurestore.pointers.reading import read_ahead
from featurestore.pointers.seen import Seen, WrongManifest

LINES = [(n, Pointer("x", date(2026, 3, 1), key=str(n))) for n in range(60)]


def test_results_come_in_order_though_some_take_longer():
    def fetch(pointer):
        time.sleep(0.02 if int(pointer.key) % 7 == 0 else 0)
        return Fetched(Outcome.OK, pointer.key.encode())

    got = list(read_ahead(LINES, fetch, threads=5, ahead=10, patience=5))
    assert [(n, fetched.data) for n, _, fetched in got] == [(n, str(n).encode()) for n, _ in LINES]


def test_at_most_so_many_are_fetched_ahead():
    started, release = [], threading.Event()

    def fetch(pointer):
        started.append(pointer)
        release.wait(5)
        return Fetched(Outcome.OK)

    reading = read_ahead(LINES, fetch, threads=20, ahead=6, patience=0.2)
    assert next(reading)[2].outcome is Outcome.TIMEOUT
    assert len(started) == 6
    release.set()
    reading.close()


def test_fetches_that_hang_hold_nobody_up_and_a_bug_is_counted():
    release = threading.Event()

    def fetch(pointer):
        if int(pointer.key) < 4:
            release.wait(20)
        if pointer.key == "5":
            raise RuntimeError
        return Fetched(Outcome.OK)

    began = time.monotonic()
    outcomes = [got.outcome for _, _, got in read_ahead(LINES, fetch, threads=2, ahead=8, patience=0.2)]
    assert time.monotonic() - began < 5
    release.set()
    assert outcomes[:6] == [Outcome.TIMEOUT] * 4 + [Outcome.OK, Outcome.FAILED]
    assert outcomes[6:] == [Outcome.OK] * 54


def test_who_stops_early_leaves_no_thread_behind():
    before = threading.active_count()
    for _ in range(5):
        reading = read_ahead(LINES, lambda pointer: Fetched(Outcome.OK), threads=4, ahead=8, patience=5)
        next(reading)
        reading.close()
    deadline = time.monotonic() + 5
    while threading.active_count() > before and time.monotonic() < deadline:
        time.sleep(0.01)
    assert threading.active_count() <= before


def test_lines_that_were_seen_are_remembered(tmp_path):
    manifest, progress = tmp_path / "m.jsonl", tmp_path / "seen.npz"
    manifest.write_text("{}\n" * 100_000)
    seen = Seen.load(progress, manifest)
    assert len(seen) == 0
    seen.add([3, 99_999, 3, 20_000])
    seen.save(progress)
    again = Seen.load(progress, manifest)
    assert [n for n in range(100_000) if n in again] == [3, 20_000, 99_999]
    assert len(again) == 3
    assert 10**9 not in again
    manifest.write_text("{}\n" * 99_999)
    with pytest.raises(WrongManifest):
        Seen.load(progress, manifest)
