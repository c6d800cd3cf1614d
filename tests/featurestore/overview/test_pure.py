"""Statistics against cases whose answers are known."""

from datetime import date, timedelta

import numpy as np
import pytest

from featurestore.overview import coverage, drift
from featurestore.overview.growth import project
from featurestore.overview.intervals import change, share


def test_intervals_as_in_the_books():
    # Wilson 1927 and Newcombe 1998 (his example 56/70 against 48/80, method 10).
    assert share(5, 10) == pytest.approx((0.5, 0.2366, 0.7634), abs=1e-4)
    assert share(0, 10) == pytest.approx((0, 0, 0.2775), abs=1e-4)
    assert share(0, 0) == (0.5, 0, 1)
    assert change(48, 80, 56, 70) == pytest.approx((0.2, 0.0524, 0.3339), abs=1e-4)


def normal(seed: int, n: int, shift: float = 0.0, dim: int = 12):
    return (np.random.default_rng(seed).normal(size=(n, dim)) + shift).astype(np.float32)


def test_mmd_is_what_its_formula_says():
    a, b = normal(1, 8), normal(2, 6, 1)
    x = np.concatenate([a, b]).astype(float)
    squares = ((x[:, None] - x[None]) ** 2).sum(2)
    k = np.exp(-squares / np.median(squares[np.triu_indices(14, 1)]))
    within = lambda k: (k.sum() - np.trace(k)) / (len(k) * (len(k) - 1))  # noqa: E731
    assert drift.mmd(a, b)[0] == pytest.approx(within(k[:8, :8]) + within(k[8:, 8:]) - 2 * k[:8, 8:].mean())


def test_mmd_raises_as_few_false_alarms_as_it_says_and_sees_a_shift():
    still = [drift.mmd(normal(2 * s, 40), normal(2 * s + 1, 40), permutations=99)[1] for s in range(100)]
    assert sum(p <= 0.05 for p in still) <= 12  # 5 expected; more than 12 once in 600 runs of honest tests
    assert drift.mmd(normal(1, 60), normal(2, 60, 0.7))[1] < 0.01


def test_a_classifier_tells_apart_what_moved_and_guesses_at_what_did_not():
    moved = drift.told_apart(normal(1, 200), normal(2, 200, 1.0))
    assert moved.figure > 0.9
    assert moved.low > 0.85
    still = [drift.told_apart(normal(2 * s, 80), normal(2 * s + 1, 80)) for s in range(40)]
    assert sum(i.low <= 0.5 <= i.high for i in still) >= 34  # 38 expected


def test_too_little_to_say_anything():
    assert drift.vectors(normal(1, 29), normal(2, 100)) is None
    assert drift.labels({"yes": 5}, {"no": 100}) is None


def test_labels_that_changed_and_that_did_not():
    found = drift.labels({"no": 900, "yes": 100}, {"no": 80, "yes": 20})
    assert found.changes["yes"].figure == pytest.approx(0.1)
    assert found.changes["yes"].low > 0
    assert found.p == pytest.approx(0.0033, abs=0.001)  # chi-square with Yates' correction, 1 degree of freedom
    assert drift.labels({"no": 900}, {"no": 100}).p == 1
    # A value seen once must not make a test of its own.
    assert drift.labels({"no": 900, "yes": 100, "odd": 1}, {"no": 90, "yes": 10}).p > 0.5


TODAY = date(2026, 3, 1)


def days(counts) -> dict[date, int]:
    return {TODAY - timedelta(len(counts) - n): count for n, count in enumerate(counts)}


def test_growth_of_equal_days_is_a_line():
    one, two = project(days([10] * 30), TODAY, (30, 90))
    assert (one.middle, one.low, one.high) == (600, 600, 600)
    assert two.middle == 300 + 900


def test_growth_keeps_the_week_and_says_how_sure_it_is():
    uneven = days([0, 0, 0, 0, 0, 70, 70] * 8)
    [week] = project(uneven, TODAY, (7,))
    assert week.low == week.high == sum(uneven.values()) + 140  # each week has the same two days
    rng = np.random.default_rng(1)
    noisy = days(rng.poisson(20, 56).tolist())
    [month] = project(noisy, TODAY, (28,))
    assert month.low < month.middle < month.high
    assert abs(month.middle - sum(noisy.values()) - 560) < 60


def test_growth_needs_a_week_and_leaves_today_out():
    assert project(days([5] * 6), TODAY, (30,)) == []
    assert project({}, TODAY, (30,)) == []
    assert project(days([10] * 10) | {TODAY: 1000}, TODAY, (1,))[0].middle == 1110


def test_a_map_shows_the_two_directions_that_differ_most():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(300, 20)).astype(np.float32) * np.array([9, 4] + [0.01] * 18, np.float32)
    found = coverage.draw(x, np.zeros(300, bool))
    assert found.shown > 0.999
    assert abs(np.corrcoef(found.at[:, 0], x[:, 0])[0, 1]) > 0.999
    assert found.near is None
    assert coverage.draw(x[:5], np.zeros(5, bool)) is None


def test_near_counts_what_lies_beside_labelled_ones():
    labelled = normal(1, 100)
    beside, far = normal(2, 50), normal(3, 50, 50)
    found = coverage.near(np.concatenate([labelled, beside, far]), np.arange(200) < 100)
    assert 0.4 <= found.figure <= 0.5
