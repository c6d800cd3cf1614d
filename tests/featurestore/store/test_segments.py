"""Sealed segments: what lies in the files, who may still read them, damage, object storage."""

import os
import time
from uuid import UUID

import numpy as np
import pyarrow.parquet as pq
import pytest

from featurestore.models import Forgotten, Unsealed
from featurestore.store import place as places
from featurestore.store.base import Damaged
from featurestore.store.manifest import NAME
from featurestore.store.place import Busy, Place
from featurestore.store.sealing import compact
from featurestore.store.segments import SegmentStore
from tests.featurestore.store.test_conformance import features, yes

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]


@pytest.fixture
def segments(place: Place) -> SegmentStore:
    return SegmentStore(place)


def files(place: Place) -> set[str]:
    return {path.name for path in place.folder.iterdir()} - {NAME, places.LOCK}


def all_bytes(place: Place) -> bytes:
    return b"".join(path.read_bytes() for path in place.folder.iterdir())


def sealed_ids(place: Place) -> list[UUID]:
    found = []
    for segment in place.manifest().segments:
        column = pq.read_table(place.folder / segment.catalogue)["key"]
        found += [UUID(bytes=key) for key in column.to_pylist()]
    return found


def test_the_files_can_be_read_without_us(segments, place):
    new = features(9)
    ids = segments.put(new)
    segments.label([yes(id) for id in ids])
    done = compact(place)
    assert (done.sealed, done.features, done.labels, done.segments) == (9, 9, 9, 1)
    (segment,) = place.manifest().segments
    vectors = np.load(place.folder / segment.vectors, mmap_mode="r")
    by_id = dict(zip(sealed_ids(place), vectors, strict=True))
    for id, feature in zip(ids, new, strict=True):
        np.testing.assert_array_equal(by_id[id], feature.vector.astype(np.float16))
    labels = pq.read_table(place.folder / place.manifest().labels.file)
    assert labels.num_rows == 9
    assert set(labels["value"].to_pylist()) == {"yes"}
    assert Unsealed.objects.count() == 0


def test_rows_lie_in_the_order_of_their_random_keys_and_not_as_they_came(segments, place):
    ids = segments.put(features(200))
    compact(place)
    ids += segments.put(features(900))
    compact(place)
    assert sealed_ids(place) == sorted(ids)
    assert sorted(ids) != ids


def test_nothing_new_writes_nothing(segments, place):
    segments.put(features(3))
    compact(place)
    before = files(place)
    assert compact(place).sealed == 0
    assert files(place) == before


def test_small_segments_are_joined_and_full_ones_stay(segments, place, settings):
    settings.SEGMENT_ROWS = 10
    segments.put(features(10))
    compact(place)
    (full,) = place.manifest().segments
    for _ in range(4):
        segments.put(features(2))
        compact(place)
    assert [s.rows for s in place.manifest().segments] == [10, 6, 2]  # half full is full enough
    assert full in place.manifest().segments
    segments.put(features(30))
    compact(place)
    assert sum(s.rows for s in place.manifest().segments) == 48
    assert max(s.rows for s in place.manifest().segments) <= 10
    assert len(sealed_ids(place)) == len(set(sealed_ids(place))) == 48


def test_forgotten_leaves_the_reads_at_once_and_the_files_at_the_next_compaction(segments, place, settings):
    settings.SEGMENT_ROWS = 10
    ids = segments.put(features(10)) + segments.put(features(9))
    segments.label([yes(id) for id in ids])
    compact(place)
    gone = ids[3]
    traces = [gone.bytes, segments.get([gone])[0].vector.tobytes()]
    assert all(trace in all_bytes(place) for trace in traces)
    segments.forget([gone])
    assert gone not in segments.dataset("face", "e-1").ids
    assert Forgotten.objects.count() == 1
    assert compact(place).removed == 1
    assert not any(trace in all_bytes(place) for trace in traces)
    assert Forgotten.objects.count() == 0
    assert len(segments.dataset("face", "e-1")) == 18
    assert place.manifest().labels.rows == 18


def test_what_was_never_sealed_is_forgotten_without_a_trace(segments, place):
    segments.put(features(2))
    compact(place)
    (id,) = segments.put(features(1))
    segments.label([yes(id)])
    segments.forget([id])
    assert Forgotten.objects.count() == 0
    compact(place)
    assert id.bytes not in all_bytes(place)


def test_forgotten_while_it_is_being_sealed_leaves_a_note(segments, place, monkeypatch):
    ids = segments.put(features(5))
    real = Place.publish

    def late(self, manifest, new):
        segments.forget(ids[:1])  # its row is written already, and not yet published
        real(self, manifest, new)

    monkeypatch.setattr(Place, "publish", late)
    compact(place)
    monkeypatch.undo()
    assert ids[0] in sealed_ids(place)
    assert ids[0] not in [id for batch in segments.stream("e-1") for id in batch.ids]
    compact(place)
    assert ids[0] not in sealed_ids(place)
    assert Forgotten.objects.count() == 0


def test_who_reads_goes_on_reading_what_was_replaced(segments, place):
    ids = segments.put(features(20))
    compact(place)
    stream = segments.stream("e-1", size=5)
    first = next(stream)
    segments.put(features(7))
    compact(place)  # joins both: the file that is being read is gone
    assert sorted([*first.ids, *(id for batch in stream for id in batch.ids)]) == sorted(ids)
    assert sum(len(batch.ids) for batch in segments.stream("e-1")) == 27


def test_a_reader_between_manifest_and_files_takes_the_newer_ones(segments, place, monkeypatch):
    segments.put(features(4))
    compact(place)
    stale = place.manifest()
    segments.put(features(3))
    compact(place)
    answers = [stale]
    real = Place.manifest
    monkeypatch.setattr(Place, "manifest", lambda self: answers.pop() if answers else real(self))
    assert sum(len(batch.ids) for batch in segments.stream("e-1")) == 7
    assert not answers


@pytest.mark.parametrize("which", ["vectors", "catalogue", "labels", "manifest"])
def test_damage_is_seen_and_a_rebuild_mends_it(segments, place, which):
    ids = segments.put(features(50))
    segments.label([yes(id) for id in ids])
    compact(place)
    before = segments.dataset("face", "e-1")
    manifest = place.manifest()
    (segment,) = manifest.segments
    name = {"vectors": segment.vectors, "catalogue": segment.catalogue, "labels": manifest.labels.file}.get(which, NAME)
    path = place.folder / name
    raw = bytearray(path.read_bytes())
    raw[len(raw) // 2] ^= 0xFF
    path.write_bytes(raw if which != "manifest" else raw[: len(raw) // 2])
    with pytest.raises(Damaged, match=r"--rebuild"):
        SegmentStore(place).dataset("face", "e-1")
    compact(place, rebuild=True)
    after = SegmentStore(place).dataset("face", "e-1")
    assert after.ids == before.ids
    np.testing.assert_array_equal(after.x, before.x)


def test_a_cut_off_file_is_seen(segments, place):
    segments.put(features(50))
    compact(place)
    path = place.folder / place.manifest().segments[0].vectors
    path.write_bytes(path.read_bytes()[:-7])
    with pytest.raises(Damaged):
        list(SegmentStore(place).stream("e-1"))


def test_damage_is_not_written_on_under_a_new_checksum(segments, place):
    segments.put(features(50))
    compact(place)
    path = place.folder / place.manifest().segments[0].vectors
    raw = bytearray(path.read_bytes())
    raw[-1] ^= 1
    path.write_bytes(raw)
    segments.put(features(1))
    with pytest.raises(Damaged):
        compact(place)


def test_only_one_compacts_at_a_time(place):
    with place.alone(), pytest.raises(Busy):
        compact(Place(str(place.folder), place.folder))
    compact(place)


def test_segments_lie_in_a_bucket_and_are_read_from_a_copy(aws, tmp_path, settings):
    import boto3

    settings.SEGMENTS_S3_ENDPOINT = aws
    bucket = f"b{os.getpid()}-{time.monotonic_ns()}"
    client = boto3.client("s3", endpoint_url=aws)
    client.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
    here, there = (Place(f"s3://{bucket}/sealed", tmp_path / name) for name in ("here", "there"))
    store, reader = SegmentStore(here), SegmentStore(there)
    ids = store.put(features(20))
    store.label([yes(id) for id in ids])
    compact(here)
    assert reader.dataset("face", "e-1").ids == sorted(ids)
    store.forget(ids[:5])
    assert len(reader.dataset("face", "e-1")) == 15
    compact(here)
    assert len(reader.dataset("face", "e-1")) == 15
    objects = {o["Key"].rpartition("/")[2] for o in client.list_objects_v2(Bucket=bucket)["Contents"]}
    assert objects == here.manifest().files | {NAME}
    assert files(there) == here.manifest().files  # copies of what was forgotten are gone too


def test_segments_lie_wherever_fsspec_goes(tmp_path):
    place = Place(f"memory://{tmp_path.name}", tmp_path / "copy")
    store = SegmentStore(place)
    ids = store.put(features(4))
    compact(place)
    assert sorted(id for batch in SegmentStore(place).stream("e-1") for id in batch.ids) == sorted(ids)
