"""What rises: found where it is planted, said of nothing that only wobbles, and never of what nobody can know."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engagement.trends.rising import FEWEST_WEEKS, Says, dispersion, order, trends, weeks

THEMES, WEEKS, A_WEEK = 16, 8, 2000


def course(rng, spread: float, lift: tuple[int, float] | None = None, a_week: int = A_WEEK):
    """(past, now): counts of themes whose weeks vary by `spread` times Poisson's variance; one may be lifted now."""
    rate = rng.dirichlet(np.ones(THEMES) * 1.5) * a_week
    drawn = [rng.gamma(rate / (spread - 1), spread - 1) if spread > 1 else rate.copy() for _ in range(WEEKS + 1)]
    if lift:
        drawn[-1][np.argsort(rate)[lift[0]]] *= lift[1]
    counts = np.array([rng.poisson(week) for week in drawn])
    return counts[:-1], counts[-1], int(np.argsort(rate)[lift[0]]) if lift else -1


@pytest.mark.parametrize("spread", [1.0, 4.0])
def test_what_only_wobbles_rarely_rises_or_falls(spread):
    rng = np.random.default_rng(3)
    wrong = 0
    for _ in range(200):
        past, now, _ = course(rng, spread)
        found = trends(past, now, past.sum(1), int(now.sum()))
        wrong += any(one.says in (Says.RISING, Says.FALLING) for one in found)
    assert wrong / 200 <= 0.05  # any of sixteen themes, in a whole look


def test_what_is_planted_is_found():
    rng = np.random.default_rng(4)
    found = 0
    for _ in range(60):
        past, now, which = course(rng, 1.0, lift=(THEMES // 2, 2.0))
        one = trends(past, now, past.sum(1), int(now.sum()))[which]
        found += one.says == Says.RISING and one.low < 2.6
    assert found >= 54


@settings(max_examples=40, deadline=None)
@given(st.lists(st.lists(st.integers(0, 500), min_size=5, max_size=5), min_size=0, max_size=9), st.integers(1, 30))
def test_every_count_has_an_answer(rows, per):
    counts = np.array(rows, np.int64).reshape(-1, 5)
    now = np.arange(5, dtype=np.int64) * per
    found = trends(counts, now, counts.sum(1), int(now.sum()))
    assert [one.count for one in found] == now.tolist()
    for one in found:
        assert 0 <= one.low <= one.ratio <= one.high
        assert one.spread >= 1
        assert one.says != Says.RISING or one.low > 1
        assert one.says != Says.FALLING or one.high < 1
    if (counts.sum(1) > 0).sum() < FEWEST_WEEKS:
        assert {one.says for one in found} == {Says.EARLY}


def test_little_is_drawn_towards_one_and_said_to_be_too_early():
    past = np.tile([[1, 400, 800]], (8, 1))
    few, many, _ = trends(past, np.array([2, 800, 800]), past.sum(1), 1602)
    assert few.says == Says.EARLY
    assert many.says == Says.RISING
    assert few.ratio < many.ratio < 2


def test_a_theme_that_comes_in_bursts_has_wider_intervals():
    steady = np.full((8, 1), 100)
    bursts = np.array([[20], [180]] * 4)
    spread = dispersion(np.hstack([steady, bursts]), np.full(8, 2000.0))
    assert spread[1] > 3 * spread[0]


@given(st.integers(0, 60), st.integers(1, 9))
def test_weeks_are_whole_and_the_newest_is_last(days, length):
    daily = np.arange(days)[:, None]
    past, now = weeks(daily, length)
    assert (past.sum() + now.sum()) == daily[days - (len(past) + 1) * length :].sum() if days >= length else True
    if days >= length:
        assert now.tolist() == [int(daily[-length:].sum())]


def test_the_surest_changes_come_first():
    past = np.tile([[400, 400, 400]], (8, 1))
    found = trends(past, np.array([400, 100, 900]), past.sum(1), 1400)
    assert [found[n].says for n in order(found)][:2] == [Says.RISING, Says.FALLING]
