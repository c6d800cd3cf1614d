"""Erlang C against what is known of it, and against itself."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from moderation.shifts.staffing import BUSY, in_time, must_wait, needed

loads = st.floats(0.01, 60)


@pytest.mark.parametrize(
    ("people", "load", "chance"),
    [
        (1, 0.5, 0.5),  # M/M/1: the load itself
        (2, 1.0, 1 / 3),  # M/M/2: a² / (2 + a)
        (3, 2.0, 4 / 9),
        (5, 4.0, 0.5541),
        (14, 10.0, 0.1741),  # ten Erlang, fourteen agents
    ],
)
def test_known_chances(people, load, chance):
    assert must_wait(people, load) == pytest.approx(chance, abs=1e-4)


def test_the_call_centre_of_the_text_books():
    """200 calls an hour of 3 minutes: with 14 people 88.8 % are answered within 20 s, 13 do not reach 80 %."""
    assert in_time(14, 200, 180, 20) == pytest.approx(0.888, abs=5e-4)
    found = needed(200, 180, 20, share=0.8, busy=1)
    assert (found.people, round(found.in_time, 3)) == (14, 0.888)
    assert in_time(13, 200, 180, 20) < 0.8


@given(loads, st.integers(1, 120))
@settings(max_examples=60, deadline=None)
def test_a_chance_that_falls_with_every_person(load, people):
    more, fewer = must_wait(people + 1, load), must_wait(people, load)
    assert 0 <= more <= fewer <= 1
    if people <= load:
        assert fewer == 1


@given(st.floats(0, 2000), st.floats(1, 120), st.floats(0, 1800))
@settings(max_examples=60, deadline=None)
def test_the_fewest_that_do(per_hour, seconds, target):
    found = needed(per_hour, seconds, target)
    if per_hour == 0:
        assert found.people == 0
        return
    assert found.in_time >= 0.95
    assert found.busy <= BUSY + 1e-9
    one_less = found.people - 1
    assert one_less < 1 or (
        in_time(one_less, per_hour, seconds, target) < 0.95 or per_hour * seconds / 3600 / one_less > BUSY - 1e-9
    )
    assert needed(per_hour * 1.5, seconds, target).people >= found.people


@pytest.mark.parametrize("wrong", [(-1, 10, 60), (1, 0, 60)])
def test_nonsense_is_refused(wrong):
    with pytest.raises(ValueError, match="arrivals"):
        needed(*wrong)
