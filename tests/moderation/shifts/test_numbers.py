"""Times in bins, the forecast on drawn pasts, what detectors save, and the sentence above it all."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from moderation.shifts.durations import BINS, FIRST, bin_of, quantile
from moderation.shifts.forecast import FEWEST, foresee
from moderation.shifts.saying import Now, say
from moderation.shifts.worth import Checked, worth


@given(st.lists(st.floats(FIRST * 1.01, 2000), min_size=1, max_size=200), st.sampled_from([0.1, 0.5, 0.9]))
@settings(max_examples=60, deadline=None)
def test_a_quantile_of_bins_is_near_the_true_one(times, q):
    counts: dict[int, int] = {}
    for seconds in times:
        counts[bin_of(seconds)] = counts.get(bin_of(seconds), 0) + 1
    true = sorted(times)[max(0, int(np.ceil(q * len(times))) - 1)]
    assert quantile(counts, q) == pytest.approx(true, rel=0.051)


def test_the_ends_of_the_bins():
    assert bin_of(0) == 0
    assert bin_of(1e9) == BINS - 1
    assert quantile({}, 0.5) is None


def _past(weeks: int, burst: float, seed: int) -> np.ndarray:
    """Hours of weeks with nights and weekends; `burst` 0 is Poisson, above it a Gamma mixes."""
    rng = np.random.default_rng(seed)
    hour = np.arange(weeks * 168 + 24)
    mean = 30 * (1 + 0.8 * np.sin((hour % 24 - 8) / 24 * 2 * np.pi)) * np.where(hour // 24 % 7 >= 5, 1.6, 1)
    return rng.poisson(mean * rng.gamma(1 / burst, burst, len(hour)) if burst else mean)


@pytest.mark.parametrize("burst", [0, 0.1])
@pytest.mark.parametrize("weeks", [2, 8])
def test_the_interval_holds_what_it_promises(weeks, burst):
    """Of 40 days that were not seen, nineteen in twenty hours lie within."""
    within = []
    for seed in range(40):
        past = _past(weeks, burst, seed)
        found = foresee(past[:-24], 0, 24)
        assert found is not None
        within += list((past[-24:] >= found.low) & (past[-24:] <= found.high))
    assert 0.92 <= np.mean(within) <= 0.995


def test_the_level_of_the_last_day_counts():
    past = np.full(168 * 3, 10)
    past[-24:] = 30
    usual, raised = foresee(past[:-24], 0, 5), foresee(past, 0, 5)
    assert usual is not None
    assert raised is not None
    assert usual.mean == pytest.approx(np.full(5, 10), rel=0.01)
    # One day against two weeks: half way there, and the interval takes in that it stays.
    assert (raised.mean > 15).all()
    assert (raised.high >= 30).all()


def test_a_day_is_the_least():
    assert foresee(np.ones(FEWEST - 1, np.int64), 0, 3) is None
    quiet = foresee(np.zeros(FEWEST, np.int64), 5, 3)
    assert quiet is not None
    assert (quiet.low == 0).all()


def test_mistakes_count_against_what_is_saved():
    nothing = Checked(0, 0, 0)
    plain = worth(1000, 0, nothing, 12, 0.6, 2)
    assert (plain.minutes, plain.time, plain.net) == (200, 120, 120)
    known = worth(1000, 10, nothing, 12, 0.6, 2)
    assert known.mistakes == 20
    assert known.net == pytest.approx(990 * 12 / 60 * 0.6 - 20)
    # One in twenty that were drawn was wrong: 50 of 1,000 are to be expected, though ten came back.
    foreseen = worth(1000, 10, Checked(weight=200, square=400, back_weight=10), 12, 0.6, 2)
    assert foreseen.mistakes == pytest.approx(100)
    assert foreseen.low < foreseen.net < foreseen.high
    assert foreseen.net < known.net


@given(st.integers(0, 500), st.integers(1, 200), st.integers(1, 50), st.integers(0, 200))
@settings(max_examples=40, deadline=None)
def test_the_interval_of_rechecks_holds_the_share(rejected, drawn, odds, wrong):
    checked = Checked(drawn * odds, drawn * odds**2, min(wrong, drawn) * odds)
    share, low, high = checked.wrong() or (0, 0, 0)
    assert 0 <= low <= share
    assert share <= high <= 1
    it = worth(rejected, 0, checked, 10, 0.6, 2)
    assert it.low <= it.net <= it.high + 1e-9


def _now(**fields) -> Now:
    given = {"waiting": 40, "late": 0, "soon": 0, "people": 3, "needed": 3, "arrived": 100, "decided": 100,
             "foreseen_high": 120.0, "unread": ()}  # fmt: skip
    return Now(**(given | fields))


def test_in_words():
    assert say(_now(waiting=0)).headline == "Nothing waits."
    assert say(_now()).tone == "good"
    late = say(_now(late=12, people=2, needed=5, arrived=300, decided=180, unread=["Danish"]))
    assert late.tone == "bad"
    assert late.headline.startswith("12 of 40 wait longer")
    assert [line for line in late.why if "at most 120 were foreseen" in line]
    assert "Call in 3 more, or let another queue rest." in late.do
    assert [line for line in late.why if "Danish" in line]
    assert say(_now(soon=1)).tone == "warn"
