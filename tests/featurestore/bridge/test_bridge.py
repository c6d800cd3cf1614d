"""The map between two encoders: what it learns, what it costs, how it is kept, and that nothing mixes by itself."""

import json
from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from featurestore.bridge.dataset import bridged_dataset
from featurestore.bridge.files import NoBridge, load, save, there_are
from featurestore.bridge.fit import fit
from featurestore.bridge.loss import difference, loss
from featurestore.store.base import Damaged, NewFeature, NewLabel, UnknownEncoder
from featurestore.store.database import DatabaseStore

DAY = date(2026, 3, 1)


def world(n: int, noise: float = 0.0, seed: int = 1):
    """What two encoders see of n things with 6 traits, and a label that hangs on one of them."""
    rng = np.random.default_rng(seed)
    traits = rng.normal(size=(n, 6))
    mix = np.random.default_rng(99)
    old = traits @ mix.normal(size=(6, 12)) + noise * rng.normal(size=(n, 12)) + 3
    new = traits @ mix.normal(size=(6, 8)) + noise * rng.normal(size=(n, 8)) - 1
    return old.astype(np.float32), new.astype(np.float32), np.where(traits[:, 0] > 0, "yes", "no")


def test_what_is_linear_is_learned():
    old, new, _ = world(400)
    bridge = fit("a", "b", old[:300], new[:300])
    np.testing.assert_allclose(bridge.carry(old[300:]), new[300:], atol=0.02)
    assert bridge.error < 1e-4
    assert (bridge.pairs, bridge.weight.shape, bridge.weight.dtype) == (300, (12, 8), np.float32)


def test_what_has_nothing_in_common_is_not_pretended():
    rng = np.random.default_rng(2)
    bridge = fit("a", "b", rng.normal(size=(200, 30)), rng.normal(size=(200, 5)))
    assert 0.9 < bridge.error < 1.1
    assert bridge.ridge >= 1


@given(st.integers(0, 1000), st.sampled_from([25, 60, 200]), st.floats(0.05, 1))
@settings(max_examples=15, deadline=None)
def test_the_error_is_that_of_pairs_left_out(seed, n, noise):
    """The identity against doing it: leave each pair out in turn."""
    old, new, _ = world(n, noise, seed)
    bridge = fit("a", "b", old, new)
    left_out = []
    for row in range(0, n, max(1, n // 25)):
        rest = np.arange(n) != row
        x, y = old[rest].astype(float), new[rest].astype(float)
        scale = (np.linalg.svd(old - old.mean(0), compute_uv=False) ** 2).mean()
        centred = x - x.mean(0)
        weight = np.linalg.solve(centred.T @ centred + bridge.ridge * scale * np.eye(12), centred.T @ (y - y.mean(0)))
        left_out.append((new[row] - (old[row] - x.mean(0)) @ weight - y.mean(0), new[row] - new.mean(0)))
    missed, spread = (np.sum([pair[n] ** 2 for pair in left_out]) for n in (0, 1))
    if n == 25:  # every row was left out, so the two are the same figure
        assert bridge.error == pytest.approx(missed / spread, rel=0.02)
    else:
        assert bridge.error == pytest.approx(missed / spread, rel=0.5, abs=0.02)


@pytest.mark.parametrize(
    ("x", "y", "old", "sentence"),
    [
        (np.zeros((19, 3)), np.zeros((19, 3)), "a", "too few"),
        (np.zeros((30, 3)), np.zeros((29, 3)), "a", "must be pairs"),
        (np.full((30, 3), np.nan), np.zeros((30, 3)), "a", "not finite"),
        (np.zeros((30, 3)), np.zeros((30, 3)), "b", "nothing to bridge"),
    ],
)
def test_what_cannot_be_learned_from_is_refused(x, y, old, sentence):
    with pytest.raises(ValueError, match=sentence):
        fit(old, "b", x, y)


def test_the_loss_of_a_head_has_an_interval_that_holds_the_truth():
    old, new, y = world(500, noise=0.1)
    good = loss(old, new, y)
    assert good.new > 0.85
    assert good.loss_taught.low <= good.loss_taught.value <= good.loss_taught.high
    assert abs(good.loss_taught.value) < 0.03
    rng = np.random.default_rng(3)
    bad = loss(rng.normal(size=old.shape), new, y)
    assert bad.loss_taught.low > 0.2
    assert bad.pairs == 400
    assert loss(old, new, y, (old, new)).pairs == 900
    with pytest.raises(ValueError, match="498 no, 2 yes"):
        loss(old, new, np.array(["yes"] * 2 + ["no"] * 498))


def test_the_interval_covers_as_often_as_it_says():
    rng = np.random.default_rng(4)
    held = 0
    for seed in range(200):
        a, b = rng.random(300) < 0.9, rng.random(300) < 0.85
        figure = difference(a, b, seed)
        held += figure.low <= 0.05 <= figure.high
    assert 0.9 <= held / 200 <= 0.99


@pytest.fixture
def bridge():
    old, new, _ = world(300)
    return fit("old-1", "new/2", old, new)


def test_a_bridge_is_kept_with_its_checksum(bridge, tmp_path):
    path = save(bridge, {"loss": 0.01}, tmp_path)
    again = load("old-1", "new/2", tmp_path)
    np.testing.assert_array_equal(again.weight, bridge.weight)
    np.testing.assert_array_equal(again.bias, bridge.bias)
    assert (again.pairs, again.error) == (bridge.pairs, bridge.error)
    assert there_are(tmp_path) == [("old-1", "new/2")]
    assert json.loads(path.with_suffix(".json").read_text())["report"] == {"loss": 0.01}
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    with pytest.raises(Damaged, match="not what its sheet says"):
        load("old-1", "new/2", tmp_path)
    with pytest.raises(NoBridge, match="old-1 -> new/2"):
        load("new/2", "old-1", tmp_path)


@pytest.fixture
def store(db) -> DatabaseStore:
    """100 things by the old encoder, then 100 by both, then 100 by the new one alone."""
    store = DatabaseStore()
    old, new, y = world(300)
    for encoder, x, first in (("old-1", old[:200], 0), ("new/2", new[100:], 100)):
        days = [DAY + timedelta(days=(first + n) // 10) for n in range(200)]
        ids = store.put([NewFeature(encoder, "picture", row, "DK", day) for row, day in zip(x, days, strict=True)])
        store.label(
            [NewLabel(id, "face", str(y[first + n]), "moderator", 1, DAY) for n, id in enumerate(ids)],
        )
    return store


@pytest.mark.postgres
def test_bridged_rows_come_when_asked_for_and_are_marked(store, bridge, tmp_path):
    save(bridge, {}, tmp_path)
    alone = store.dataset("face", "new/2")
    assert alone.bridged is None
    both = bridged_dataset(store, "face", "new/2", ["old-1"], bridges=tmp_path)
    assert len(both) == 400
    assert both.bridged.sum() == 200
    assert both.encoder == "new/2"
    assert both.x.shape == (400, 8)
    assert (both.keys[1:] > both.keys[:-1]).all()
    np.testing.assert_array_equal(both.x[~both.bridged], alone.x)
    carried = both.x[both.bridged]
    np.testing.assert_allclose(carried, bridge.carry(store.dataset("face", "old-1").x))
    assert both.values == ("no", "yes")
    assert (both.chance[np.arange(400), (both.y == "yes").astype(int)] == 1).all()


@pytest.mark.postgres
def test_an_exam_has_no_bridged_row_and_training_none_that_could_be_in_it(store, bridge, tmp_path):
    save(bridge, {}, tmp_path)
    train, exam = (
        bridged_dataset(store, "face", "new/2", ["old-1"], split=split, bridges=tmp_path) for split in ("train", "exam")
    )
    assert not exam.bridged.any()
    np.testing.assert_array_equal(exam.keys, store.dataset("face", "new/2", split="exam").keys)
    assert train.bridged.sum() == 100
    assert train.day[train.bridged].max() < np.datetime64(DAY + timedelta(days=10))
    assert train.split == "train"


@pytest.mark.postgres
def test_without_a_bridge_nothing_is_mixed(store, bridge, tmp_path):
    with pytest.raises(NoBridge, match="old-1 to new/2; there are: none"):
        bridged_dataset(store, "face", "new/2", ["old-1"], bridges=tmp_path)
    save(bridge, {}, tmp_path)
    with pytest.raises(UnknownEncoder, match="no features of other-1"):
        bridged_dataset(store, "face", "other-1", [], bridges=tmp_path)
