"""Drawing: the number is fair and stays, the chance is what is written down, and no chance is nought."""

import random
from uuid import UUID

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from moderation.prefilter.chances import LEAST, draw_chance, number, seen_chance

CHANCES = st.floats(0.001, 1)


@given(st.uuids())
def test_the_same_submission_has_the_same_number(id):
    assert number(id) == number(UUID(int=id.int))
    assert 0 <= number(id) < 1


def test_numbers_are_spread_evenly():
    rng = random.Random(1)
    numbers = np.sort([number(UUID(int=rng.getrandbits(128), version=4)) for _ in range(20_000)])
    steps = np.arange(1, len(numbers) + 1) / len(numbers)
    # Kolmogorov and Smirnov: 1.95 / sqrt(n) is reached once in a thousand.
    assert np.abs(steps - numbers).max() < 1.95 / np.sqrt(len(numbers))


@given(CHANCES, st.integers(0, 500), st.integers(1, 300))
def test_a_chance_is_never_nought_and_falls_as_the_day_fills(usual, drawn, most):
    now, next_one = draw_chance(usual, drawn, most), draw_chance(usual, drawn + 1, most)
    assert usual * LEAST <= next_one <= now <= usual
    if drawn * 2 <= most:
        assert now == usual


def test_where_nobody_looks_again_nothing_is_drawn():
    assert draw_chance(1.0, 0, 0) == 0


@given(CHANCES, st.floats(0, 1))
def test_seen_is_audit_or_drawn(drawn, audit):
    np.testing.assert_allclose(1 - seen_chance(drawn, audit), (1 - drawn) * (1 - audit), atol=1e-12)


def simulate(rejections: int, most: int, seed: int, usual: float = 0.3) -> tuple[int, float]:
    """(drawn, estimate of all rejections by weights) over one day."""
    rng = random.Random(seed)
    drawn, weights = 0, 0.0
    for _ in range(rejections):
        chance = draw_chance(usual, drawn, most)
        if number(UUID(int=rng.getrandbits(128), version=4)) < chance:
            drawn += 1
            weights += 1 / chance
    return drawn, weights


def test_the_cap_holds_about_and_estimates_stay_right():
    """Horvitz and Thompson on days on which the cap bites: 1,000 rejections, cap 50."""
    days = [simulate(1000, 50, seed) for seed in range(300)]
    drawn = np.array([n for n, _ in days])
    estimates = np.array([weights for _, weights in days])
    assert (drawn.min(), drawn.max()) == (52, 70)  # the draws are fixed by their seeds
    error = estimates.std() / np.sqrt(len(days))
    assert abs(estimates.mean() - 1000) < 4 * error
    assert error < 50  # or the line above could not fail
