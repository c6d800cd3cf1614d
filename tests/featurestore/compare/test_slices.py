import numpy as np
import pytest

from featurestore.compare.counting import count
from featurestore.compare.slices import Standing, difference, holm, slices
from tests.featurestore.compare.streams import cells, everything_seen, stream


def test_holm_by_hand() -> None:
    # R: p.adjust(c(0.01, 0.04, 0.03, 0.005), "holm") = 0.03 0.06 0.06 0.02
    assert holm(np.array([0.01, 0.04, 0.03, 0.005])).tolist() == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm(np.array([0.9, 0.8])).tolist() == [1, 1]


def test_the_difference_by_hand() -> None:
    value, spread = difference(cells(only_a=20, only_b=40, both_right=100), np.ones(1))
    assert value == pytest.approx(20 / 160)
    # paired Wald: sqrt(b + c - (b - c)^2 / n) / n = sqrt(60 - 400 / 160) / 160 = 0.0474; half counts widen it a little
    assert spread == pytest.approx(0.0474, rel=0.05)


def test_without_any_disagreement_it_is_not_surely_equal() -> None:
    value, spread = difference(cells(both_right=30), np.ones(1))
    assert value == 0
    assert 1.96 * spread > 0.03


def test_a_market_where_the_challenger_is_worse_is_named() -> None:
    pairs = everything_seen(40_000, b_better=0.4)
    bad = (pairs.slices["market"][0] == 2) & (np.random.default_rng(0).random(len(pairs)) < 0.15)
    pairs.b_hit[bad] = ~pairs.b_hit[bad]
    found = {(one.dimension, one.name): one for one in slices(count(pairs), 0.001)}
    assert found["market", "JP"].standing == Standing.WORSE
    assert found["market", "JP"].difference.high < 0
    assert found["market", "DK"].standing == Standing.BETTER
    assert ("market", "") not in found  # not known is nobody's slice
    assert found["market", "DK"].caught[1] > found["market", "DK"].caught[0]


def test_all_intervals_hold_together() -> None:
    """Twelve slices without any difference: at most 1 in 20 comparisons has one that misses, or calls one worse."""
    truth = 0.0
    rng = np.random.default_rng(4)
    missed = called = 0
    for seed in range(120):
        pairs = everything_seen(6000, seed=seed)
        pairs.slices["language"] = (rng.integers(0, 7, 6000).astype(np.int16), tuple("abcdefg"))
        found = slices(count(pairs), 0.001)
        missed += any(not one.difference.low <= truth <= one.difference.high for one in found)
        called += any(one.standing == Standing.WORSE for one in found)
    assert missed <= 120 * 0.05 + 4
    assert called <= 120 * 0.025 + 4


def test_what_is_too_small_says_how_many_labels_it_takes() -> None:
    few = [one for one in slices(count(stream(800)), 0.001) if one.standing == Standing.TOO_FEW]
    assert few
    assert all(one.more > 0 for one in few)


def test_no_slices_no_list() -> None:
    pairs = stream(100)
    pairs.slices.clear()
    assert slices(count(pairs), 0.001) == []
