"""Views and splits as a data set is asked for them, through the store."""

from datetime import date, timedelta

import numpy as np
import pytest

from featurestore.labels.rules import UnknownView
from featurestore.labels.splits import SPLITS, UnknownSplit
from featurestore.store.base import NewFeature, NewLabel
from featurestore.store.database import DatabaseStore

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]
DAY = date(2026, 3, 1)


@pytest.fixture
def store() -> DatabaseStore:
    """300 pictures, each a second time a little changed and a month later, labelled by two sources that disagree."""
    store, rng = DatabaseStore(), np.random.default_rng(1)
    x = rng.normal(size=(300, 24))
    ids = store.put(
        [
            NewFeature("e-1", "picture", (row + again * rng.normal(size=24) * 0.01).astype(np.float32), "DK", day)
            for again in (0, 1)
            for n, row in enumerate(x)
            for day in [DAY + timedelta(days=n % 20 + 30 * again)]
        ]
    )
    said = [("moderator", "yes"), ("second_look", "no")]
    store.label([NewLabel(id, "face", value, source, 1, DAY) for id in ids for source, value in said])
    return store


def test_the_parts_of_a_data_set_are_all_of_it_and_share_no_picture(store):
    whole = store.dataset("face", "e-1")
    parts = {name: store.dataset("face", "e-1", split=name) for name in SPLITS}
    assert sorted(np.concatenate([part.keys for part in parts.values()])) == sorted(whole.keys)
    assert {part.split for part in parts.values()} == set(SPLITS)
    assert all(len(part) % 2 == 0 and len(part) for part in parts.values())
    exam, train = parts["exam"].x, parts["train"].x
    assert np.linalg.norm(exam[:, None] - train[None], axis=2).min() > 0.5
    for part in parts.values():
        assert len(part.x) == len(part.y) == len(part.weight) == len(part.source) == len(part.chance) == len(part)


def test_a_label_view_is_asked_for_by_name_and_remembered(store):
    assert set(store.dataset("face", "e-1").y) == {"no"}
    assert store.dataset("face", "e-1").label_view == "strongest@2"
    soft = store.dataset("face", "e-1", label_view="soft")
    assert soft.label_view == "soft@2"
    assert soft.values == ("no", "yes")
    np.testing.assert_allclose(soft.chance, 0.5)


def test_what_there_is_not_is_named_before_anything_is_read(store):
    with pytest.raises(UnknownSplit, match="train, validation, exam"):
        store.dataset("face", "e-1", split="test")
    with pytest.raises(UnknownView, match="strongest@1"):
        store.dataset("face", "e-1", label_view="best")
