"""The effect is found where there is one, and an interval that is looked at every day does not lie."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engagement.value.estimate import FEWEST, effect, needed


def authors(n, lift=0.0, seed=0):
    """(came back, held out, uploads before): who built much before comes back more often."""
    rng = np.random.default_rng(seed)
    before = rng.poisson(3, n).astype(float)
    held = rng.random(n) < 0.05
    chance = np.clip(0.15 + 0.08 * before + lift * ~held, 0, 1)
    return (rng.random(n) < chance).astype(float), held, before


def test_a_lift_is_found_and_lies_in_its_interval():
    came, held, before = authors(60_000, lift=0.06)
    found = effect(came, held, before)
    assert found.low < 0.06 < found.high
    assert found.low > 0
    assert found.sure


def test_what_is_known_from_before_makes_the_interval_narrower():
    came, held, before = authors(20_000, lift=0.03, seed=1)
    plain, adjusted = effect(came, held), effect(came, held, before)
    assert adjusted.high - adjusted.low < plain.high - plain.low
    assert 0.03 < adjusted.saved < 0.5
    assert plain.saved == 0


def test_looked_at_every_day_it_is_wrong_at_most_once_in_twenty_times():
    """300 years without an effect, looked at after every 200 authors: how many ever exclude nothing."""
    wrong = 0
    for seed in range(300):
        came, held, before = authors(6_000, seed=seed + 10)
        wrong += any(effect(came[:n], held[:n], before[:n]).sure for n in range(1200, 6_001, 200))
    assert wrong / 300 <= 0.05


def test_too_few_get_no_interval():
    came, held, before = authors(FEWEST * 10)
    found = effect(came, held, before)
    assert (found.low, found.high, found.sure) == (None, None, False)
    nobody = effect(came, np.zeros(len(came), bool), before)
    assert np.isnan(nobody.difference)
    assert nobody.n_held == 0


def test_how_many_would_tell():
    came, held, before = authors(8_000, lift=0.02, seed=3)
    found = effect(came, held, before)
    assert not found.sure
    more = needed(found, 0.05)
    assert more is not None
    assert more > 8_000
    assert needed(effect(*authors(60_000, lift=0.06)), 0.05) is None


@given(st.floats(-5, 5), st.floats(0.1, 10), st.integers(0, 50))
def test_units_do_not_matter(shift, scale, seed):
    came, held, before = authors(3_000, lift=0.1, seed=seed)
    one, other = effect(came, held, before), effect(came * scale + shift, held, before * 7 + 1)
    assert other.difference == pytest.approx(one.difference * scale, abs=1e-9)
    assert other.low == pytest.approx(one.low * scale, abs=1e-9)
