"""Moving from one backend to another: cut off, again, and with things that came or went meanwhile."""

from pathlib import Path

import numpy as np
import pytest
from django.core.management import CommandError, call_command

from featurestore import store as stores
from featurestore.store import moving
from featurestore.store.database import DatabaseStore
from featurestore.store.moving import Compared, Progress, compare, move
from featurestore.store.segments import SegmentStore
from tests.featurestore.store.test_conformance import everything, features, yes

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]


@pytest.fixture
def progress(tmp_path: Path) -> Progress:
    return Progress(tmp_path / "moves" / "a-b.json")


@pytest.fixture
def filled() -> DatabaseStore:
    store = DatabaseStore()
    ids = store.put(features(23)) + store.put(features(4, "e-2", dim=5, view="text"))
    for value in ("yes", "no"):
        store.label([yes(id, value=value, confidence=1 / 3, labeller="rule") for id in ids[::2]])
    return store


def test_there_and_back_again(filled, dynamo, progress, monkeypatch):
    monkeypatch.setattr(moving, "PAGE", 5)
    before = filled.dataset("face", "e-1")
    stats = filled.stats()
    assert move(filled, dynamo, progress).features == 27
    assert compare(filled, dynamo) == Compared(27, 28, 0, 0, 0)
    assert dynamo.stats() == stats
    filled.forget([feature.id for feature in everything(filled)[0]])
    progress.forget()
    move(dynamo, filled, progress)
    assert compare(dynamo, filled).same
    assert filled.stats() == stats
    after = filled.dataset("face", "e-1")
    assert after.ids == before.ids
    np.testing.assert_array_equal(after.x, before.x)
    np.testing.assert_array_equal(after.y, before.y)


@pytest.mark.parametrize("page", [0, 2])
@pytest.mark.parametrize("when", ["before the cursor is saved", "after"])
def test_a_move_that_is_cut_off_goes_on_and_doubles_nothing(filled, dynamo, progress, monkeypatch, page, when):
    monkeypatch.setattr(moving, "PAGE", 5)
    real, calls = progress.save, []

    def cut_off(cursor):
        calls.append(cursor)
        if len(calls) == page + 1:
            if when == "after":
                real(cursor)
            raise KeyboardInterrupt
        real(cursor)

    progress.save = cut_off
    with pytest.raises(KeyboardInterrupt):
        move(filled, dynamo, progress)
    progress.save = real
    rest = move(filled, dynamo, progress)
    assert rest.features == 27 - 5 * (page + (when == "after"))
    assert compare(filled, dynamo).same
    assert dynamo.stats() == filled.stats()


def test_what_came_went_or_was_changed_is_told(filled, dynamo, progress):
    move(filled, dynamo, progress)
    (kept, other, third) = [feature.id for feature in everything(filled)[0]][:3]
    filled.put(features(2))
    filled.forget([kept])
    filled.label([yes(other, value="later")])
    dynamo.label([yes(third, value="only there")])
    found = compare(filled, dynamo)
    assert (found.missing, found.different, found.strangers) == (2, 2, 1)
    assert not found.same
    progress.forget()
    move(filled, dynamo, progress)
    assert compare(filled, dynamo, remove_strangers=True).missing == 0
    assert dynamo.get([kept]) == []


def test_the_command_moves_compares_and_says_so(filled, dynamo, place, settings, tmp_path, monkeypatch, capsys):
    settings.VAR, settings.SEGMENTS_URL = tmp_path, str(place.folder)
    known = {"database": filled, "dynamodb": dynamo, "segments": SegmentStore(place)}
    monkeypatch.setattr("featurestore.management.commands.move_features.open_store", known.__getitem__)
    call_command("move_features", "database", "dynamodb")
    assert "27 features and 28 labels are the same in dynamodb" in capsys.readouterr().out
    (stranger,) = dynamo.put(features(1))
    with pytest.raises(CommandError, match="has 1 that database has not"):
        call_command("move_features", "database", "dynamodb")
    call_command("move_features", "database", "dynamodb", "--remove-strangers")
    assert dynamo.get([stranger]) == []
    capsys.readouterr()
    filled.forget([feature.id for feature in everything(filled)[0]])
    call_command("move_features", "dynamodb", "segments")
    assert "sealed: 27 features and 28 labels in segments" in capsys.readouterr().out
    assert sum(segment.rows for segment in place.manifest().segments) == 27
    with pytest.raises(CommandError, match="the same"):
        call_command("move_features", "database", "database")


@pytest.mark.parametrize("name", stores.BACKENDS)
def test_the_setting_says_which_backend_is_behind_the_door(name, settings, aws):
    settings.FEATURESTORE, settings.DYNAMODB_ENDPOINT = name, aws
    stores.open_store.cache_clear()
    try:
        found = {"database": "DatabaseStore", "segments": "SegmentStore", "dynamodb": "DynamoStore"}[name]
        assert type(stores.get_store()).__name__ == found
        assert stores.get_store() is stores.get_store()
    finally:
        stores.open_store.cache_clear()
    with pytest.raises(ValueError, match="segments"):
        stores.open_store("files")
