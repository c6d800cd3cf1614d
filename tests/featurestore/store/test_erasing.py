"""What was forgotten leaves files, buckets and copies of them."""

import os
import time
from pathlib import Path

import numpy as np
import pytest

from featurestore.models import Forgotten
from featurestore.store.base import DTYPE, NewFeature
from featurestore.store.database import DatabaseStore
from featurestore.store.erasing import drop_forgotten
from featurestore.store.place import Place
from featurestore.store.sealing import compact
from featurestore.store.segments import SegmentStore
from tests.featurestore.store.test_conformance import DAY, features, yes

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]
MARK = np.linspace(-3, 7, 8, dtype=np.float32)


@pytest.fixture(params=["folder", "bucket"])
def somewhere(request, tmp_path, settings) -> Place:
    if request.param == "folder":
        return Place(str(tmp_path / "segments"), tmp_path / "unused")
    import boto3

    settings.SEGMENTS_S3_ENDPOINT = url = request.getfixturevalue("aws")
    bucket = f"e{os.getpid()}-{time.monotonic_ns()}"
    boto3.client("s3", endpoint_url=url).create_bucket(
        Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"}
    )
    return Place(f"s3://{bucket}/sealed", tmp_path / "copies")


def held(place: Place, marks: list[bytes]) -> list[str]:
    """Where one of `marks` still lies: names of files, here and where they come from."""
    there = {f"here: {path.name}": path.read_bytes() for path in place.folder.iterdir() if path.is_file()}
    if place.remote:
        there |= {f"there: {name}": place.remote.read(name) for name in place.remote.names()}
    return sorted(name for name, data in there.items() if any(mark in data for mark in marks))


def test_nothing_is_left_of_it(somewhere):
    store = SegmentStore(somewhere)
    store.put(features(9))
    [one] = store.put([NewFeature("e-1", "picture", MARK, "DK", DAY)])
    store.label([yes(one)])
    compact(somewhere)
    marks = [MARK.astype(DTYPE).tobytes(), one.bytes, str(one).encode(), one.hex.encode()]
    before = {name.split(".", 1)[1] for name in held(somewhere, marks)}
    assert "npy" in before  # were the search blind, it would find nothing afterwards too
    assert len(held(somewhere, marks)) >= (4 if somewhere.remote else 2)
    store.forget([one])
    assert drop_forgotten(somewhere)
    assert held(somewhere, marks) == []
    assert not Forgotten.objects.exists()
    assert sum(len(batch.x) for batch in store.stream("e-1")) == 9


def test_segments_of_a_setting_that_was_changed(place):
    ids = SegmentStore(place).put(features(4))
    compact(place)
    DatabaseStore().forget(ids[:1])
    assert held(place, [ids[0].bytes])
    assert drop_forgotten(place)
    assert not held(place, [ids[0].bytes])


def test_a_damaged_segment_does_not_keep_it(place):
    ids = SegmentStore(place).put(features(4))
    compact(place)
    file: Path = next(place.folder.glob("*.npy"))
    raw = bytearray(file.read_bytes())
    raw[-1] ^= 1
    file.write_bytes(raw)
    SegmentStore(place).forget(ids[:1])
    assert drop_forgotten(place)
    assert not held(place, [ids[0].bytes])
    assert sum(len(batch.x) for batch in SegmentStore(place).stream("e-1")) == 3


def test_beside_a_compaction_it_is_not_yet_done(place):
    ids = SegmentStore(place).put(features(4))
    compact(place)
    SegmentStore(place).forget(ids[:1])
    with place.alone():
        assert not drop_forgotten(place)
    assert Forgotten.objects.exists()
