"""Figures against scikit-learn, and intervals against their promise."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import f1_score, log_loss, precision_score, recall_score, roc_auc_score

from featurestore.heads import metrics


def answers(n, seed, ties=False):
    rng = np.random.default_rng(seed)
    y = rng.random(n) < 0.3
    y[:2] = True, False
    p = 1 / (1 + np.exp(-rng.normal(np.where(y, 1.0, -1.0), 1.5)))
    return (np.round(p, 1) if ties else p).astype(np.float32), y


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.integers(10, 200), st.booleans())
def test_they_are_scikit_learns(seed, n, ties):
    p, y = answers(n, seed, ties)
    found = metrics.figures(p, y, 0.5, np.arange(n))
    hit = p >= 0.5
    assert found["precision"][0] == pytest.approx(precision_score(y, hit, zero_division=0))
    assert found["recall"][0] == pytest.approx(recall_score(y, hit))
    assert found["f1"][0] == pytest.approx(f1_score(y, hit, zero_division=0))
    assert found["auc"][0] == pytest.approx(roc_auc_score(y, p))
    assert metrics.weighted_auc(p, y)(np.ones(n)) == pytest.approx(roc_auc_score(y, p))
    weight = np.random.default_rng(seed).integers(1, 4, n).astype(float)
    assert metrics.weighted_auc(p, y)(weight) == pytest.approx(roc_auc_score(y, p, sample_weight=weight))
    inside = np.clip(p.astype(np.float64), 1e-7, 1 - 1e-7)
    assert found["log_loss"][0] == pytest.approx(log_loss(y, inside), rel=1e-4)
    for value, low, high in found.values():
        assert low <= value <= high


def test_a_perfect_exam_of_ten_rows_does_not_claim_certainty():
    y = np.arange(10) >= 5
    found = metrics.figures(np.where(y, 0.9, 0.1), y, 0.5, np.arange(10))
    for name in ("precision", "recall", "f1", "auc"):
        value, low, high = found[name]
        assert (value, high) == (1, 1)
        assert low < 0.75


@pytest.mark.parametrize("name", ["f1", "auc", "precision"])
def test_intervals_cover_the_truth_as_often_as_they_say(name):
    p, y = answers(200_000, 1)
    whole = metrics.counts(p, y, 0.5)
    truth = {"f1": metrics.f1(whole)[0], "precision": whole.tp / (whole.tp + whole.fp), "auc": metrics.auc(p, y)}[name]
    rng = np.random.default_rng(2)
    covered = []
    for _ in range(300):
        rows = rng.integers(0, len(p), 150)
        counts, yes = metrics.counts(p[rows], y[rows], 0.5), int(y[rows].sum())
        _, low, high = {
            "f1": metrics.f1(counts),
            "precision": metrics.share(counts.tp, counts.tp + counts.fp),
            "auc": metrics.auc_interval(metrics.auc(p[rows], y[rows]), yes, 150 - yes),
        }[name]
        covered.append(low <= truth <= high)
    assert 0.91 <= np.mean(covered) <= 0.99


def test_copies_of_a_row_make_no_interval_narrower():
    p, y = answers(60, 3)
    alone = metrics.figures(p, y, 0.5, np.arange(60))
    copied = metrics.figures(np.tile(p, 4), np.tile(y, 4), 0.5, np.tile(np.arange(60), 4))
    for name in ("precision", "recall", "f1", "auc", "log_loss"):
        assert copied[name] == pytest.approx(alone[name], abs=0.02)


def test_the_threshold_of_highest_f1_lies_between_the_scores():
    p, y = np.array([0.9, 0.8, 0.4, 0.2]), np.array([True, True, False, False])
    assert metrics.best_threshold(p, y, np.ones(4)) == pytest.approx(0.6)
    p, y = answers(300, 5)
    best = metrics.best_threshold(p, y, np.ones(300))
    assert f1_score(y, p >= best) == pytest.approx(max(f1_score(y, p >= one) for one in p))
