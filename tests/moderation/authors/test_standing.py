"""How strikes fade: arithmetic alone."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from moderation.authors.standing import Mark, step_at, total, weight

NOW = datetime(2026, 3, 1, tzinfo=UTC)
DAY = timedelta(days=1)
marks = st.builds(
    Mark,
    points=st.floats(0, 10),
    at=st.floats(0, 400).map(lambda days: NOW - days * DAY),
    half_life_days=st.integers(1, 400),
    expires_days=st.integers(1, 400),
)


def test_it_weighs_half_after_a_half_life_and_nothing_in_the_end():
    mark = Mark(2.0, NOW, half_life_days=30, expires_days=90)
    assert [weight(mark, NOW + days * DAY) for days in (0, 30, 60, 90)] == [2.0, 1.0, 0.5, 0.0]
    assert weight(mark, NOW - DAY) == 2.0  # a clock that is behind


@given(marks, st.floats(0, 400))
def test_no_strike_grows_with_time(mark, days):
    assert 0 <= weight(mark, NOW + days * DAY) <= weight(mark, NOW) <= mark.points


@given(st.lists(marks, max_size=5), marks)
def test_one_strike_more_never_makes_less(some, one):
    assert total([*some, one], NOW) >= total(some, NOW) - 0.001


def test_the_highest_step_that_is_reached():
    class At(float):
        @property
        def at(self) -> float:
            return float(self)

    steps = [At(1), At(3), At(2)]
    assert step_at(0.99, steps) is None
    assert step_at(total([Mark(1.0, NOW), Mark(1.0, NOW)], NOW), steps) == 2
    assert step_at(99, steps) == 3
