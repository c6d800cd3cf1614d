"""A calibrated head means what it says, and its curve is as bent as the data can tell."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import expit

from featurestore.heads.calibration import Calibration, choose, isotonic, log_loss, parts, temperature


def overconfident(n, seed=0):
    """Logits three times too large and one too high, as of a head whose answers were balanced in training."""
    rng = np.random.default_rng(seed)
    true = rng.normal(size=n) * 1.5 - 1
    return 3 * true + 1, (rng.random(n) < expit(true)).astype(float)


def stepped(n, seed=0):
    """Two plateaus, which no temperature can follow."""
    rng = np.random.default_rng(seed)
    z = rng.normal(size=n) * 4
    return z, (rng.random(n) < np.where(z > 0, 0.7, 0.2)).astype(float)


def test_a_temperature_takes_back_a_wrong_scale_and_shift():
    z, y = overconfident(20_000)
    found = temperature(z, y)
    assert (found.scale, found.shift) == (pytest.approx(1 / 3, abs=0.02), pytest.approx(-1 / 3, abs=0.05))
    new, truth = overconfident(5000, 1)
    assert log_loss(found(new), truth).mean() < log_loss(expit(new), truth).mean() - 0.05


def test_the_curve_is_taken_where_it_helps_and_only_there():
    assert choose(*stepped(3000)).name == "isotonic"
    assert choose(*overconfident(3000)).name == "temperature"
    assert choose(*stepped(100)).name == "temperature"
    z, y = stepped(3000)
    new, truth = stepped(3000, 1)
    assert log_loss(choose(z, y)(new), truth).mean() < log_loss(temperature(z, y)(new), truth).mean()


def test_few_labels_that_a_cut_parts_stay_finite():
    z = np.array([-2.0, -1, 1, 2])
    found = temperature(z, (z > 0).astype(float))
    assert 0 < found(np.array([-2.0]))[0] < 0.5 < found(np.array([2.0]))[0] < 1
    upside_down = temperature(z, (z < 0).astype(float))
    assert upside_down.scale > 0


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.integers(30, 300))
def test_a_curve_rises_everywhere_and_never_says_never(seed, n):
    z, y = stepped(n, seed)
    p = isotonic(z, y)(np.linspace(-20, 20, 400))
    assert (np.diff(p) > 0).all()
    assert 0 < p.min() <= p.max() < 1


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.integers(2, 8), st.integers(1, 60))
def test_parts_hold_groups_together_and_are_of_nearly_equal_size(seed, many, groups):
    group = np.random.default_rng(seed).integers(0, groups, 200)
    part = parts(group, many, seed)
    assert all(len(set(part[group == one])) == 1 for one in set(group))
    sizes = np.bincount(part, minlength=many)
    assert sizes.max() - sizes.min() <= np.bincount(group).max()


def test_log_loss_of_what_was_certain_and_wrong_is_large_and_finite():
    assert log_loss(np.array([0.0, 1.0]), np.array([1.0, 1.0])) == pytest.approx([16.118, 0], abs=1e-3)
    assert Calibration()(np.zeros(2)).tolist() == [0.5, 0.5]
