"""When a compaction begins by itself."""

import pytest
from django.core.management import CommandError, call_command

from featurestore import tasks
from featurestore.models import Forgotten, Unsealed
from featurestore.store.segments import SegmentStore
from tests.featurestore.store.test_conformance import features

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]


@pytest.fixture
def store(place, settings, monkeypatch) -> SegmentStore:
    settings.FEATURESTORE, settings.SEGMENTS_URL, settings.SEGMENTS_CACHE = "segments", str(place.folder), place.folder
    monkeypatch.setattr(tasks, "ENOUGH", 10)
    monkeypatch.setattr(tasks, "close_old_connections", lambda: None)  # the test's own would be among them
    return SegmentStore(place)


def test_enough_that_is_new(store):
    store.put(features(9))
    assert tasks.compact() == 0
    assert Unsealed.objects.count() == 9
    store.put(features(1))
    assert tasks.compact() == 10
    assert Unsealed.objects.count() == 0


def test_one_that_was_forgotten_is_enough(store, quiet, django_capture_on_commit_callbacks):
    ids = store.put(features(10))
    tasks.compact()
    with django_capture_on_commit_callbacks(execute=True):
        store.forget(ids[:1])
    assert len(quiet) == 1  # asked for, once it was committed
    tasks.compact()
    assert sum(len(batch.x) for batch in store.stream("e-1")) == 9
    assert store.place.manifest().segments[0].rows == 9
    assert Forgotten.objects.count() == 0


def test_none_where_segments_are_not_read(store, settings):
    store.put(features(10))
    settings.FEATURESTORE = "database"
    assert tasks.compact() == 0


def test_none_beside_another(store, place):
    store.put(features(10))
    with place.alone():
        assert tasks.compact() == 0
        with pytest.raises(CommandError, match="under way"):
            call_command("compact_features")


def test_the_command_says_what_it_did(store, capsys):
    store.put(features(4))
    call_command("compact_features")
    assert "4 features and 0 labels in 1 segments" in capsys.readouterr().out
    call_command("compact_features", "--rebuild")
    assert "4 newly sealed" in capsys.readouterr().out
