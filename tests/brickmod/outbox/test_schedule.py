from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from brickmod.outbox.schedule import GIVES_UP_AFTER, STEPS, next_try

START = datetime(2026, 3, 1, tzinfo=UTC)


@given(st.integers(0, 60), st.floats(0, 86_399), st.floats(0, 1), st.integers(0, 10**6))
def test_a_try_lies_within_its_step_and_its_day(tries, gone, chance, wish):
    now = START + timedelta(seconds=gone)
    at = next_try(tries, START, now, timedelta(seconds=wish), chance)
    assert at is not None
    assert now < at <= START + GIVES_UP_AFTER
    step = STEPS[min(max(tries, 1), len(STEPS)) - 1]
    assert at - now <= max(timedelta(seconds=1), step, min(timedelta(seconds=wish), timedelta(hours=1)))
    assert at - now >= min(timedelta(seconds=wish), timedelta(hours=1), START + GIVES_UP_AFTER - now)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=400))
def test_it_ends_after_a_day_and_tries_once_at_the_end(chances):
    now, tries, times = START, 1, []
    while (at := next_try(tries, START, now, chance=chances[tries % len(chances)])) and tries < 60:
        times.append(at)
        now, tries = at, tries + 1
    assert at is None
    assert now == START + GIVES_UP_AFTER
    assert times == sorted(times)


def test_without_luck_it_is_the_schedule():
    now, tries, times = START, 1, []
    while at := next_try(tries, START, now, chance=1.0):
        times.append((at - START).total_seconds())
        now, tries = at, tries + 1
    assert times == [5, 35, 155, 755, 4355, 15155, 36755, 58355, 79955, 86400]


def test_receivers_are_spread():
    assert len({next_try(3, START, START) for _ in range(50)}) > 40
