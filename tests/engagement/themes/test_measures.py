"""Figures that decide whether a head is good: each held to its definition."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import f1_score, precision_score, recall_score

from engagement.themes import measures

PAIRS = st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("abcd")), min_size=1, max_size=40)


@settings(deadline=None)
@given(PAIRS)
def test_per_class_is_what_scikit_learn_says(pairs):
    truth, said = zip(*pairs, strict=True)
    rows = measures.per_class(truth, said)
    labels = sorted(set(truth))
    for name, score in (("f1", f1_score), ("precision", precision_score), ("recall", recall_score)):
        expected = score(truth, said, labels=labels, average=None, zero_division=0)
        assert [rows[label][name] for label in labels] == pytest.approx(list(expected))


def test_a_promise_that_is_kept_has_no_calibration_error():
    p = np.repeat([0.5, 0.9], [10, 10])
    right = np.array([True] * 5 + [False] * 5 + [True] * 9 + [False])
    assert measures.calibration_error(p, right) == pytest.approx(0)
    assert measures.calibration_error(p, np.ones(20, bool)) == pytest.approx(0.3)


def test_thresholds_keep_the_risk_and_grow_stricter_with_it():
    rng = np.random.default_rng(1)
    p = rng.uniform(0, 1, 4000)
    right = rng.uniform(0, 1, 4000) < p
    found = measures.thresholds(p, right)
    assert list(found.values()) == sorted(found.values(), reverse=True)
    fresh = rng.uniform(0, 1, 4000)
    came_true = rng.uniform(0, 1, 4000) < fresh
    for risk, threshold in found.items():
        kept = fresh >= threshold
        assert (~came_true[kept]).mean() <= float(risk) + 0.03
    assert set(measures.thresholds(p, np.zeros(4000, bool)).values()) == {1.0}


def test_abstaining_drops_the_least_sure():
    assert measures.after_abstaining(np.array([0.9, 0.8, 0.1, 0.7]), np.array([1, 1, 0, 1], bool), 0.25) == 1.0


def test_probabilities_that_are_true_still_show_an_error_by_chance():
    few, many = measures.error_by_chance(np.full(50, 0.8)), measures.error_by_chance(np.full(20_000, 0.8))
    assert 0.02 < few < 0.09
    assert many < 0.005
