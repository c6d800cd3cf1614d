"""Cuts of a data set that leak nothing."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from featurestore.labels.near import FEW, components, unit
from featurestore.labels.splits import SPLITS, Rule, UnknownSplit, assign, check, groups, split

FIXTURE = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=40)
RNG = np.random.default_rng(5)


def like(x, distance, rng=RNG):
    """Vectors at about this distance from unit vectors `x`."""
    step = rng.normal(size=x.shape)
    step -= (step * x).sum(1, keepdims=True) * x
    return unit(x + step / np.linalg.norm(step, axis=1, keepdims=True) * distance).astype(np.float32)


def strangers(n, dim=64, seed=6):
    return unit(np.random.default_rng(seed).normal(size=(n, dim)))


def test_near_duplicates_stay_together_even_through_others(make_catalogue):
    a = strangers(300)
    b = like(a, 0.1)
    c = like(b, 0.1)
    parts = split(make_catalogue(900, [f"2026-03-{1 + n % 28:02d}" for n in range(900)]), np.concatenate([a, b, c]))
    assert (parts[:300] == parts[300:600]).all()
    assert (parts[:300] == parts[600:]).all()
    assert set(parts) == set(SPLITS)


def test_the_same_day_and_market_holds_together_what_is_only_alike(make_catalogue):
    a = strangers(200)
    x = np.concatenate([a, like(a, 0.3)])
    rule = Rule()
    one_day = groups(make_catalogue(400), x, rule)
    assert (one_day[:200] == one_day[200:]).all()
    assert len(set(one_day)) == 200
    for other in ({"day": ["2026-03-01"] * 200 + ["2026-03-02"] * 200}, {"market": ["DK"] * 200 + ["DE"] * 200}):
        assert len(set(groups(make_catalogue(400, **other), x, rule))) == 400


def test_hashing_finds_what_comparing_all_pairs_finds():
    a = strangers(FEW, dim=96, seed=8)
    rng = np.random.default_rng(9)
    distance = rng.uniform(0.02, 0.2, (FEW, 1))
    found = components(np.concatenate([a, like(a, distance, rng)]), 0.2)
    together = found[:FEW] == found[FEW:]
    assert together[distance[:, 0] < 0.15].mean() > 0.999
    assert together.mean() > 0.99
    assert len(set(found)) >= FEW  # and no strangers


def test_thousands_of_equal_pictures_are_one_group_and_take_no_time():
    x = np.concatenate([np.repeat(strangers(1, seed=7), 20_000, axis=0), strangers(2000)])
    found = components(x, 0.2)
    assert len(set(found[:20_000])) == 1
    assert len(set(found)) == 2001


@given(st.integers(0, 2**32 - 1), st.integers(1, 60), st.integers(1, 60))
@FIXTURE
def test_what_comes_later_moves_nothing_that_was_there(make_catalogue, seed, before, after):
    """New groups and new members of old groups, on later days."""
    rng = np.random.default_rng(seed)
    old = strangers(before, seed=seed)
    new = np.concatenate([like(old[rng.integers(0, before, after)], 0.05, rng), strangers(after, seed=seed + 1)])
    days = [f"2026-03-{d:02d}" for d in rng.integers(1, 15, before)]
    later = [f"2026-03-{d:02d}" for d in rng.integers(15, 28, 2 * after)]
    whole = make_catalogue(before + 2 * after, days + later)
    # keys say nothing about who came when
    whole = type(whole)(rng.permutation(whole.keys), whole.view, whole.market, whole.day)
    first = split(whole.take(np.arange(before)), old)
    both = split(whole, np.concatenate([old, new]))
    np.testing.assert_array_equal(both[:before], first)


@given(st.permutations(range(40)))
@FIXTURE
def test_the_order_of_the_rows_does_not_matter(make_catalogue, order):
    features, x = make_catalogue(40), np.concatenate([strangers(20), like(strangers(20), 0.1)])
    order = np.array(order)
    np.testing.assert_array_equal(split(features.take(order), x[order]), split(features, x)[order])


def test_shares_come_out_as_asked_and_a_larger_exam_keeps_what_was_in_it(make_catalogue):
    features, alone = make_catalogue(20_000), np.arange(20_000)
    small = assign(features, alone, Rule(0.8, 0.1, 0.1))
    large = assign(features, alone, Rule(0.5, 0.2, 0.3))
    for name, share in (("train", 0.5), ("validation", 0.2), ("exam", 0.3)):
        assert (large == name).mean() == pytest.approx(share, abs=0.01)
    assert (large[small == "exam"] == "exam").all()
    assert (assign(features, alone, Rule(salt="2")) != small).mean() > 0.2
    assert set(assign(features, alone, Rule(1, 0, 0))) == {"train"}


def test_what_cannot_be_cut_is_refused(make_catalogue):
    assert len(split(make_catalogue(0), np.zeros((0, 8)))) == 0
    with pytest.raises(ValueError, match="sum to 1"):
        Rule(0.5, 0.1, 0.1)
    with pytest.raises(ValueError, match="radii"):
        Rule(radius=0.5, burst_radius=0.1)
    with pytest.raises(ValueError, match="2 vectors"):
        split(make_catalogue(3), np.zeros((2, 8)))
    with pytest.raises(UnknownSplit, match="train, validation, exam"):
        check("test")
