"""What every backend of the feature store must keep."""

from datetime import date
from uuid import UUID, uuid4

import numpy as np
import pytest

from featurestore.store.base import DTYPE, NewFeature, NewLabel, Page, StoredFeature, UnknownEncoder, ids_of, keys_of
from featurestore.store.tables import label_key

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]
DAY = date(2026, 3, 1)


def features(n: int, encoder: str = "e-1", dim: int = 8, view: str = "picture", day: date = DAY) -> list[NewFeature]:
    rng = np.random.default_rng(n)
    return [NewFeature(encoder, view, rng.normal(size=dim).astype(np.float32), "DK", day) for _ in range(n)]


def yes(feature, **more) -> NewLabel:  # type: ignore[no-untyped-def]
    return NewLabel(
        **{"feature": feature, "task": "face", "value": "yes", "source": "moderator", "policy": 1, "day": DAY, **more}
    )


def everything(store) -> tuple[list[StoredFeature], list[NewLabel]]:  # type: ignore[no-untyped-def]
    pages = list(store.walk(size=4))
    return [f for page in pages for f in page.features], [label for page in pages for label in page.labels]


def count(store) -> int:  # type: ignore[no-untyped-def]
    return sum(store.stats().features.values())


def test_what_was_put_comes_back(store):
    new = features(5)
    ids = store.put(new)
    store.label([yes(id, value="yes" if n % 2 else "no") for n, id in enumerate(ids)])
    data = store.dataset("face", "e-1")
    assert sorted(data.ids) == sorted(ids)
    assert data.x.dtype == np.float32
    assert data.x.flags.c_contiguous
    order = [ids.index(id) for id in data.ids]
    np.testing.assert_array_equal(data.x, np.stack([new[n].vector for n in order]).astype(DTYPE).astype(np.float32))
    assert list(data.y) == ["yes" if n % 2 else "no" for n in order]
    assert set(data.day) == {np.datetime64(DAY)}


def test_a_dataset_is_sorted_by_key_and_comes_in_half_the_width_too(store):
    ids = store.put(features(9))
    store.label([yes(id) for id in ids])
    data, narrow = store.dataset("face", "e-1"), store.dataset("face", "e-1", dtype=np.float16)
    assert data.ids == narrow.ids == sorted(ids)
    assert narrow.x.dtype == np.float16
    np.testing.assert_array_equal(narrow.x.astype(np.float32), data.x)


def test_encoder_versions_are_never_mixed(store):
    a, b = store.put(features(3, "e-1"))[0], store.put(features(3, "e-2", dim=4))[0]
    store.label([yes(a), yes(b)])
    assert store.encoders() == {"e-1": 8, "e-2": 4}
    assert store.dataset("face", "e-1").x.shape == (1, 8)
    assert store.dataset("face", "e-2").x.shape == (1, 4)
    for read in (
        lambda: store.dataset("face", "e-3"),
        lambda: store.evidence("face", "e-3"),
        lambda: list(store.stream("e-3")),
        lambda: list(store.sweep("e-3", keys_of([a]))),
    ):
        with pytest.raises(UnknownEncoder, match="e-1"):
            read()


def test_a_vector_of_another_encoder_is_not_swept(store):
    a, b = store.put(features(1, "e-1"))[0], store.put(features(1, "e-2"))[0]
    keys = np.sort(keys_of([a, b]))
    found = [(ids_of(keys[places]), block) for places, block in store.sweep("e-1", keys)]
    assert [ids for ids, _ in found] == [[a]]


BAD = [np.zeros(7), np.full(8, np.nan), np.zeros((2, 4)), np.full(8, 70_000.0), np.full(8, np.inf)]


@pytest.mark.parametrize("bad", BAD, ids=["short", "nan", "matrix", "beyond float16", "infinite"])
def test_a_vector_that_does_not_fit_is_refused_and_nothing_is_kept(store, bad):
    store.put(features(1))
    with pytest.raises(ValueError):
        store.put([*features(2), NewFeature("e-1", "picture", bad.astype(np.float32), "DK", DAY)])
    assert count(store) == 1
    assert len(everything(store)[0]) == 1


def test_a_label_needs_its_feature_and_all_or_none_are_written(store):
    (id,) = store.put(features(1))
    with pytest.raises(LookupError):
        store.label([yes(id), yes(uuid4())])
    assert store.stats().labels == {}
    assert store.said([id]) == []


def test_forgotten_is_forgotten(store):
    ids = store.put(features(3))
    store.label([yes(id) for id in ids])
    assert store.forget(ids[:2]) == 2
    assert store.forget(ids[:2]) == 0
    assert store.dataset("face", "e-1").ids == ids[2:]
    assert [id for batch in store.stream("e-1") for id in batch.ids] == ids[2:]
    assert len(store.evidence("face", "e-1")) == 1
    assert [len(places) for places, _ in store.sweep("e-1", np.sort(keys_of(ids)))] == [1]
    assert [kept.id for kept in store.get(ids)] == ids[2:]
    assert {label.feature for label in store.said(ids)} == set(ids[2:])
    assert count(store) == 1
    assert sum(store.stats().labels.values()) == 1
    with pytest.raises(LookupError):
        store.label([yes(ids[0])])


def test_a_few_are_got_by_id_in_the_order_asked(store):
    new = features(4)
    ids = store.put(new)
    wanted = [ids[2], uuid4(), ids[0]]
    got = store.get(wanted)
    assert [kept.id for kept in got] == [ids[2], ids[0]]
    assert (got[0].encoder, got[0].view, got[0].market, got[0].day) == ("e-1", "picture", "DK", DAY)
    np.testing.assert_array_equal(got[0].vector, new[2].vector.astype(DTYPE))
    assert store.get([]) == []


def test_what_was_said_comes_back_oldest_first_and_whole(store):
    a, b = store.put(features(2))
    labels = [
        yes(a, labeller="lead", confidence=0.25),
        yes(b, task="nudity", value="kyllä", source="weak", policy=7, day=date(2026, 4, 30)),
        yes(a, withdrawn=True),
        yes(a, value="no", source="second_look"),
    ]
    store.label(labels[:2])
    store.label(labels[2:])
    assert [*map(label_key, store.said([a]))] == [label_key(labels[n]) for n in (0, 2, 3)]
    assert [*map(label_key, store.said([b]))] == [label_key(labels[1])]
    said = store.evidence("face", "e-1")
    assert said.features.keys.tolist() == keys_of([a]).tolist()
    assert said.row.tolist() == [0, 0, 0]
    assert said.value.tolist() == ["yes", "yes", "no"]
    assert said.source.tolist() == ["moderator", "moderator", "second_look"]
    assert said.labeller.tolist() == ["lead", "", ""]
    assert said.withdrawn.tolist() == [False, True, False]
    assert said.confidence.tolist() == [0.25, 1, 1]
    other = store.evidence("nudity", "e-1")
    assert (other.value.tolist(), other.policy.tolist(), other.day.tolist()) == (["kyllä"], [7], [date(2026, 4, 30)])


def test_evidence_is_in_order_however_it_came(store):
    ids = store.put(features(20))
    for value in ("a", "b", "c"):
        store.label([yes(id, value=value) for id in ids[:: 1 if value == "b" else 2]])
    said = store.evidence("face", "e-1")
    assert ids_of(said.features.keys) == sorted(ids)
    assert (np.diff(said.row) >= 0).all()
    for place, id in enumerate(sorted(ids)):
        expected = ["a", "b", "c"] if ids.index(id) % 2 == 0 else ["b"]
        assert said.value[said.row == place].tolist() == expected


def test_view_and_since_choose_features(store):
    old = store.put(features(2, day=date(2026, 1, 1)))
    new = store.put(features(3))
    faces = store.put(features(4, view="face"))
    store.label([yes(id) for id in [*old, *new, *faces]])
    assert set(store.dataset("face", "e-1", view="face").ids) == set(faces)
    assert set(store.dataset("face", "e-1", since=DAY).ids) == {*new, *faces}
    assert set(store.dataset("face", "e-1", "picture", DAY).ids) == set(new)
    assert set(store.evidence("face", "e-1", "picture").features.view) == {"picture"}


def test_a_task_or_encoder_without_labels_is_empty(store):
    (id,) = store.put(features(1))
    data = store.dataset("face", "e-1")
    assert (len(data), data.x.shape, data.ids) == (0, (0, 8), [])
    store.label([yes(id)])
    assert len(store.dataset("nudity", "e-1")) == 0
    store.forget([id])
    assert len(store.dataset("face", "e-1")) == 0
    assert list(store.stream("e-1")) == []


def test_stream_gives_all_in_batches(store):
    new = features(11)
    ids = store.put(new)
    store.put(features(2, view="face"))
    batches = list(store.stream("e-1", view="picture", size=4))
    assert [len(batch.ids) for batch in batches] == [4, 4, 3]
    by_id = {id: x for batch in batches for id, x in zip(batch.ids, batch.x, strict=True)}
    assert set(by_id) == set(ids)
    for id, feature in zip(ids, new, strict=True):
        np.testing.assert_array_equal(by_id[id], feature.vector.astype(DTYPE).astype(np.float32))
    assert {str(market) for batch in batches for market in batch.features.market} == {"DK"}


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


def test_a_walk_sees_all_once_and_goes_on_from_any_cursor(store):
    ids = store.put(features(11))
    store.label([yes(id, value=value) for value in ("a", "b") for id in ids])
    pages = list(store.walk(size=3))
    seen = [feature.id for page in pages for feature in page.features]
    assert sorted(seen) == sorted(ids)
    for page in pages:
        assert {label.feature for label in page.labels} == {feature.id for feature in page.features}
        assert len(page.labels) == 2 * len(page.features)
    rest = [feature.id for page in store.walk(pages[1].cursor, 3) for feature in page.features]
    assert rest == seen[len(pages[0].features) + len(pages[1].features) :]


def test_what_another_store_had_is_kept_once_however_often_it_comes(store):
    ids = store.put(features(6))
    # The same thing said twice is evidence twice.
    store.label([yes(id) for id in ids] + [yes(ids[0]), yes(ids[1], source="weak", confidence=0.3)])
    pages = list(store.walk(size=4))
    store.forget(ids)
    assert everything(store) == ([], [])
    for page in [*pages, *pages]:
        store.keep(page)
    found, labels = everything(store)
    assert sorted(feature.id for feature in found) == sorted(ids)
    expected = [label for page in pages for label in page.labels]
    assert sorted(map(label_key, labels)) == sorted(map(label_key, expected))
    data = store.dataset("face", "e-1")
    assert sorted(data.ids) == sorted(ids)
    vectors = {feature.id: feature.vector for page in pages for feature in page.features}
    for id, x in zip(data.ids, data.x, strict=True):
        np.testing.assert_array_equal(x.astype(DTYPE), vectors[id])


def test_ids_survive_as_keys_even_with_zeros_at_the_end(store):
    zero = UUID("00112233-4455-6677-8899-aabbcc000000")
    feature = StoredFeature(zero, "e-1", "picture", np.ones(8, np.float16), "", DAY)
    store.keep(Page([feature], [yes(zero)], ""))
    assert store.dataset("face", "e-1").ids == [zero]
    assert zero in [id for batch in store.stream("e-1") for id in batch.ids]


def test_a_sample_is_whole_and_of_one_view(store):
    ids = store.put(features(30))
    store.put(features(20, "e-2", 4, "text"))
    for value in ("no", "yes"):
        store.label([yes(id, value=value) for id in ids])
    page = store.sample("picture", 12, np.random.default_rng(0))
    assert 0 < len(page.features) <= 12
    found = {feature.id for feature in page.features}
    assert len(found) == len(page.features)
    assert found <= set(ids)
    whole = {feature.id: feature for feature in store.get(ids)}
    assert all(np.array_equal(whole[f.id].vector, f.vector) for f in page.features)
    for id in found:
        assert [said.value for said in page.labels if said.feature == id] == ["no", "yes"]
    assert {feature.id for feature in store.sample("picture", 200, np.random.default_rng(1)).features} == set(ids)
    assert store.sample("face", 12, np.random.default_rng(0)).features == []
    drawn = {f.id for seed in range(40) for f in store.sample("picture", 8, np.random.default_rng(seed)).features}
    assert len(drawn) > 20  # not always the same
