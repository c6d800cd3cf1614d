"""The rate of false alarms is the one that was set, whatever scores look like."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engagement.novelty.strange import energy, real_share, strangeness, threshold


@given(
    st.lists(st.floats(0, 1, width=32), min_size=1, max_size=60, unique=True), st.sampled_from([0.05, 0.1, 0.2, 0.5])
)
@settings(max_examples=60, deadline=None)
def test_of_rows_left_out_in_turn_at_most_the_set_share_is_strange(scores, rate):
    """Exchangeable scores: over all ways to leave one out the share of alarms is the coverage itself."""
    known = np.array(scores)
    alarms = [one > threshold(np.delete(known, n), rate) for n, one in enumerate(known)]
    assert np.mean(alarms) <= rate + 1e-12
    if len(known) >= 2 / rate:
        assert np.mean(alarms) > rate - 1 / len(known) - 1e-12


def test_too_few_scores_raise_no_alarm_and_a_rate_is_a_rate():
    assert threshold(np.array([0.1, 0.2]), 0.1) == float("inf")
    for rate in (0, 1, -0.1):
        with pytest.raises(ValueError, match="between 0 and 1"):
            threshold(np.zeros(5), rate)


def test_what_was_not_looked_at_is_not_strange():
    p = np.array([[0.9, 0.1], [0.5, 0.5], [np.nan, np.nan]])
    assert strangeness(p).tolist() == pytest.approx([0.1, 0.5, 0.0])


def test_energy_is_low_where_a_theme_is_sure_and_does_not_overflow():
    low, high = energy(np.array([[900.0, 0.0], [1.0, 1.0]]))
    assert low == pytest.approx(-900)
    assert high == pytest.approx(-1 - np.log(2))


def test_a_sheet_says_from_where_on_a_creation_is_strange():
    from types import SimpleNamespace

    from engagement.novelty.looking import strange_from
    from engagement.novelty.strange import FALSE_ALARMS
    from engagement.themes.measures import strangeness_of_unseen

    rng = np.random.default_rng(4)
    p = rng.dirichlet([0.3] * 5, 4000)
    kept = strange_from(SimpleNamespace(metrics={"strangeness_of_unseen": strangeness_of_unseen(p)}))
    assert (strangeness(rng.dirichlet([0.3] * 5, 4000)) > kept).mean() == pytest.approx(FALSE_ALARMS, abs=0.02)
    assert strange_from(SimpleNamespace(metrics={}, threshold=lambda risk: 0.7)) == pytest.approx(0.3)


@given(st.integers(20, 400), st.integers(20, 400))
@settings(max_examples=30, deadline=None)
def test_false_alarms_alone_are_hardly_ever_taken_for_something_new(known, of):
    """Scores of known ones on both sides: more strange ones than CHANCE allows come rarely, and many are real."""
    rng = np.random.default_rng(known * 1000 + of)
    found = []
    for _ in range(60):
        kept, seen = rng.normal(size=known), rng.normal(size=of)
        found.append(real_share(int((seen > threshold(kept, 0.1)).sum()), of, known, 0.1) > 0)
    assert np.mean(found) <= 0.1
    assert real_share(of, of, 400, 0.1) > 0.5
    assert real_share(of, of, 5, 0.1) == 0 == real_share(0, of, known, 0.1)
