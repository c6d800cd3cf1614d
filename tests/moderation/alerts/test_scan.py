"""The scan on counts alone: what is a burst, what it is called, and what never is one."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from moderation.alerts.past import Past, Uploads
from moderation.alerts.scan import LEAST, SWEEPS_A_DAY, Cell, bursts, chance, level, same_file, uploads_burst
from moderation.alerts.simulated import quiet, scan
from moderation.alerts.why import Spread, guess

NOW = datetime(2026, 3, 4, 15, 10, tzinfo=UTC)
BLACK = ("quality", "bad_picture")
PAST = Past({("5.3.0", "DK"): (10_000, 200)}, [(NOW - timedelta(hours=h), 20, h % 2) for h in range(1, 400)])


def cell(looked: int, found: int = 0) -> Cell:
    return Cell([looked] * 3, [looked] * 3, {BLACK: [found] * 3})


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 200), st.floats(0.01, 100), st.floats(0.5, 50))
def test_the_chance_falls_with_the_count(counted, expected, size):
    assert 0 <= chance(counted + 1, expected, size) <= chance(counted, expected, size) <= 1


def test_the_chance_is_that_of_the_distribution():
    drawn = np.random.default_rng(1).negative_binomial(4, 4 / (4 + 3), 200_000)
    assert np.mean(drawn >= 8) == pytest.approx(chance(8, 3, 4), abs=0.003)


def test_the_budget_of_a_day_is_never_exceeded():
    assert level(50_000) * 50_000 * SWEEPS_A_DAY == pytest.approx(0.05)
    assert level(1) == level(1000)


def test_the_version_is_named():
    cells = {
        ("5.3.0", "DK"): cell(100, 2),
        ("5.3.0", "DE"): cell(100, 2),
        ("5.3.1", "DK"): cell(70, 50),
        ("5.3.1", "DE"): cell(70, 50),
    }
    [burst] = bursts(cells, lambda thing: PAST, NOW)
    assert (burst.version, burst.market, burst.counted) == ("5.3.1", "", 100)


def test_the_market_is_named():
    cells = {(v, m): cell(80, 60 if m == "DE" else 1) for v in ("5.3.0", "5.3.1") for m in ("DK", "DE", "ES")}
    [burst] = bursts(cells, lambda thing: PAST, NOW)
    assert (burst.version, burst.market) == ("", "DE")


def test_the_version_is_named_where_nearly_all_have_it():
    cells = {("5.3.0", "DK"): cell(10, 1), ("5.3.1", "DK"): cell(300, 150)}
    assert bursts(cells, lambda thing: PAST, NOW)[0].version == "5.3.1"


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 100), st.integers(0, 100))
def test_more_uploads_alone_are_no_burst_of_what_is_found(times, version):
    """A release that everybody installs: its uploads grow from nothing, its share stays what it was."""
    cells = {("5.3.0", "DK"): cell(50, 1), (f"6.{version}", "DK"): cell(50 * times, times)}
    assert bursts(cells, lambda thing: PAST, NOW) == []


@settings(max_examples=40, deadline=None)
@given(st.dictionaries(st.tuples(st.sampled_from("ABC"), st.sampled_from("XYZ")), st.integers(0, 2), max_size=4))
def test_a_few_are_no_burst(found):
    cells = {cut: cell(5, n) for cut, n in found.items()}
    assert sum(found.values()) < LEAST
    assert bursts(cells, lambda thing: Past(), NOW) == []


def test_a_new_app_without_a_past_is_told_too():
    [burst] = bursts({("1.0", "DK"): cell(120, 100)}, lambda thing: Past(), NOW)
    assert burst.version == "1.0"


def test_more_uploads_than_on_such_a_day():
    hours = [(NOW.replace(minute=0) - timedelta(hours=h), 60 if 8 <= (15 - h) % 24 <= 20 else 6) for h in range(1, 672)]
    past = {"": Uploads(hours), "DK": Uploads(hours)}
    assert uploads_burst({("1", "DK"): cell(25)}, past, NOW) is None
    assert uploads_burst({("1", "DK"): Cell([300] * 3, [0] * 3)}, past, NOW).counted == 300
    assert uploads_burst({("1", "DK"): Cell([300] * 3, [0] * 3)}, {"": Uploads(hours[:30])}, NOW) is None


def test_the_same_file_again_and_again():
    assert same_file("f" * 64, 40, 200, 0, 10_000).digest == "f" * 64
    assert same_file("f" * 64, 9, 200, 0, 10_000) is None
    assert same_file("f" * 64, 40, 400, 1000, 10_000) is None  # a thing that many send every day


def test_a_quiet_day_and_a_thousand_black_pictures():
    random = np.random.default_rng(7)
    traffic, day = quiet(9, 6, random), SWEEPS_A_DAY
    assert list(scan(traffic, 8 * day, 8 * day + day // 3)) == []
    at = 8 * day + day // 2
    traffic.add(at, 20, 1000, "5.3.1", BLACK, random)
    tick, [burst] = next(scan(traffic, at, at + 20))
    assert tick - at < 2  # within a minute
    assert (burst.detector, burst.version, burst.market) == ("quality", "5.3.1", "")


@pytest.mark.parametrize(
    ("spread", "says"),
    [
        (Spread(100, [("5.3.1", 97, 0.1)], authors=90, of_first_authors=6), "release"),
        (Spread(100, [("5.3.1", 97, 0.9)], authors=3, of_first_authors=100), "raid"),
        (Spread(100, files=[("ab", 80, None)], authors=80, of_first_authors=7), "campaign"),
        (Spread(100, markets=[("DE", 96, 0.2)], authors=80, of_first_authors=7), "fair"),
        (Spread(100, [("5.3.1", 50, 0.5)], authors=80, of_first_authors=7), "event that many saw"),
        (Spread(0), "event that many saw"),
    ],
)
def test_why_in_plain_words(spread, says):
    assert says in guess(spread)[0]


def test_an_unknown_past_is_not_called_new():
    assert "says nothing yet" in guess(Spread(100, [("5.3.1", 97, None)], authors=90, of_first_authors=6))[0]
    assert "not there before" in guess(Spread(100, [("5.3.1", 97, 0.0)], authors=90, of_first_authors=6))[0]
