"""What every backend of the feature store must keep. A further backend is one more name in STORES."""

from collections.abc import Callable
from datetime import date
from uuid import uuid4

import numpy as np
import pytest

from featurestore.models import Feature, Label
from featurestore.store.base import FeatureStore, NewFeature, NewLabel, UnknownEncoder
from featurestore.store.database import DatabaseStore

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]
STORES: dict[str, Callable[[], FeatureStore]] = {"database": DatabaseStore}
DAY = date(2026, 3, 1)


@pytest.fixture(params=STORES)
def store(request: pytest.FixtureRequest) -> FeatureStore:
    return STORES[request.param]()


def features(n: int, encoder: str = "e-1", dim: int = 8, view: str = "picture") -> list[NewFeature]:
    rng = np.random.default_rng(n)
    return [NewFeature(encoder, view, rng.normal(size=dim).astype(np.float32), "DK", DAY) for _ in range(n)]


def yes(feature, **more) -> NewLabel:  # type: ignore[no-untyped-def]
    return NewLabel(
        **{"feature": feature, "task": "face", "value": "yes", "source": "moderator", "policy": 1, "day": DAY, **more}
    )


def test_what_was_put_comes_back(store):
    new = features(5)
    ids = store.put(new)
    store.label([yes(id, value="yes" if n % 2 else "no") for n, id in enumerate(ids)])
    data = store.dataset("face", "e-1")
    assert sorted(data.ids) == sorted(ids)
    assert data.x.dtype == np.float32
    order = [ids.index(id) for id in data.ids]
    np.testing.assert_allclose(data.x, np.stack([new[n].vector for n in order]), rtol=1e-3, atol=1e-3)
    assert list(data.y) == ["yes" if n % 2 else "no" for n in order]
    assert set(data.day) == {np.datetime64(DAY)}


def test_encoder_versions_are_never_mixed(store):
    a, b = store.put(features(3, "e-1"))[0], store.put(features(3, "e-2", dim=4))[0]
    store.label([yes(a), yes(b)])
    assert store.dataset("face", "e-1").x.shape == (1, 8)
    assert store.dataset("face", "e-2").x.shape == (1, 4)
    with pytest.raises(UnknownEncoder, match="e-1"):
        store.dataset("face", "e-3")


@pytest.mark.parametrize("bad", [np.zeros(7, np.float32), np.full(8, np.nan, np.float32), np.zeros((2, 4), np.float32)])
def test_a_vector_that_does_not_fit_is_refused_and_nothing_is_kept(store, bad):
    store.put(features(1))
    with pytest.raises(ValueError):
        store.put([*features(2), NewFeature("e-1", "picture", bad, "DK", DAY)])
    assert Feature.objects.count() == 1


def test_a_label_needs_its_feature_and_all_or_none_are_written(store):
    (id,) = store.put(features(1))
    with pytest.raises(LookupError):
        store.label([yes(id), yes(uuid4())])
    assert Label.objects.count() == 0


def test_forgotten_is_forgotten(store):
    ids = store.put(features(3))
    store.label([yes(id) for id in ids])
    assert store.forget(ids[:2]) == 2
    assert store.forget(ids[:2]) == 0
    assert store.dataset("face", "e-1").ids == ids[2:]
    assert sum(len(batch.ids) for batch in store.stream("e-1")) == 1


def test_stream_gives_all_in_batches(store):
    ids = store.put(features(11))
    store.put(features(2, view="face"))
    batches = list(store.stream("e-1", view="picture", size=4))
    assert [len(batch.ids) for batch in batches] == [4, 4, 3]
    assert {id for batch in batches for id in batch.ids} == set(ids)


def test_stats_count_features_and_labels(store):
    ids = store.put(features(3))
    store.label([yes(ids[0]), yes(ids[1], value="no")])
    stats = store.stats()
    assert stats.features == {("e-1", "picture"): 3}
    assert stats.labels == {("face", "yes", "moderator"): 1, ("face", "no", "moderator"): 1}


def test_a_correction_wins_and_a_withdrawal_takes_back(store):
    a, b = store.put(features(2))
    store.label([yes(a), yes(b)])
    store.label([yes(a, value="no"), yes(b, withdrawn=True)])
    data = store.dataset("face", "e-1")
    assert data.ids == [a]
    assert list(data.y) == ["no"]
