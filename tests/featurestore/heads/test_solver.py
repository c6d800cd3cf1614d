"""The solver against scikit-learn run to the end, and against what must hold for any data."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.linear_model import LogisticRegression

from featurestore.heads.shared import balance
from featurestore.heads.solver import train_many

TIGHT = {"tolerance": 1e-7, "gap": 1e-11}
STRENGTHS = (1e-3, 1e-1, 10.0)


def vectors(n=1500, d=40, heads=2, seed=0):
    """Vectors of an encoder's kind: many factors, none below 0, far from the origin."""
    rng = np.random.default_rng(seed)
    x = np.maximum(rng.normal(size=(n, 8)) @ rng.normal(size=(8, d)) + rng.normal(size=(n, d)) + 2, 0).astype(
        np.float32
    )
    z = x @ rng.normal(size=(d, heads)) / 5
    return x, (z - np.quantile(z, 0.7, axis=0) + rng.logistic(size=z.shape) > 0).astype(np.int8)


def reference(x, y, strength, weight=None, balanced=None):
    fit = LogisticRegression(C=strength, tol=1e-9, max_iter=10_000, class_weight=balanced)
    return fit.fit(x.astype(np.float64), y, weight)


@pytest.mark.parametrize("balanced", [True, False])
def test_every_head_and_strength_is_what_scikit_learn_finds_alone(balanced):
    x, y = vectors()
    weights = np.random.default_rng(1).uniform(0.2, 1, len(x))
    fit = train_many(x, y, weights, STRENGTHS, balanced=False, **TIGHT)
    if balanced:
        fit = train_many(x, y, None, STRENGTHS, **TIGHT)
    assert fit.met.all()
    for head in range(2):
        for n, strength in enumerate(STRENGTHS):
            peer = reference(x, y[:, head], strength, None if balanced else weights, "balanced" if balanced else None)
            np.testing.assert_allclose(fit.weight[:, head, n], peer.coef_[0], atol=2e-5)
            np.testing.assert_allclose(fit.bias[head, n], peer.intercept_[0], atol=2e-4)


def test_each_fold_is_the_fit_without_it():
    x, y = vectors(900)
    fold = np.random.default_rng(2).integers(0, 3, len(x))  # not in order
    fit = train_many(x, y, None, STRENGTHS, fold, balanced=False, **TIGHT)
    for head in range(2):
        for out in range(3):
            held = fold == out
            for n, strength in enumerate(STRENGTHS):
                peer = reference(x[~held], y[~held, head], strength)
                p = peer.predict_proba(x[held].astype(np.float64))[:, 1]
                loss = -np.where(y[held, head] == 1, np.log(p), np.log1p(-p)).mean()
                assert fit.held_loss[head, n, out] == pytest.approx(loss, abs=1e-5)
                assert fit.held_hits[head, n, out] == pytest.approx(((p > 0.5) == y[held, head]).mean(), abs=0.004)
                if n == fit.best[head]:
                    np.testing.assert_allclose(fit.held[held, head], np.log(p / (1 - p)), atol=1e-3)


def test_the_usual_criterion_is_at_least_scikit_learns():
    x, y = vectors()
    fit = train_many(x, y[:, :1], balanced=False)
    peer = LogisticRegression().fit(x, y[:, 0])

    def objective(w, b):
        z = x.astype(np.float64) @ w + b
        return (np.logaddexp(0, z) - y[:, 0] * z).mean() + w @ w / 2 / len(x)

    assert fit.steepest <= 1e-4
    assert objective(fit.weight[:, 0, 0], fit.bias[0, 0]) <= objective(peer.coef_[0], peer.intercept_[0]) + 5e-6


def test_a_row_without_a_label_is_not_there():
    x, y = vectors()
    y[::3, 0] = -1
    both = train_many(x, y, None, STRENGTHS, **TIGHT)
    alone = train_many(x[y[:, 0] >= 0], y[y[:, 0] >= 0, :1], None, STRENGTHS, **TIGHT)
    np.testing.assert_allclose(both.weight[:, 0], alone.weight[:, 0], atol=2e-5)


def test_a_chance_is_so_many_rows_of_each_answer():
    x, y = vectors(400)
    soft = np.where(y[:, 0] == 1, 0.75, 0.25)
    four = np.concatenate([y[:, 0]] * 3 + [1 - y[:, 0]])
    a = train_many(x, soft, np.full(len(x), 4.0), balanced=False, **TIGHT)
    b = train_many(np.concatenate([x] * 4), four, balanced=False, **TIGHT)
    np.testing.assert_allclose(a.weight, b.weight, atol=2e-5)


@settings(max_examples=15, deadline=None)
@given(st.floats(0.01, 100), st.floats(-50, 50), st.integers(0, 5))
def test_scaled_vectors_of_any_unit_and_origin_give_the_same_answers(unit, origin, seed):
    x, y = vectors(300, 6, 1, seed)
    plain = train_many(x, y, scale=True, **TIGHT)
    moved = (x * unit + origin * unit).astype(np.float32)
    other = train_many(moved, y, scale=True, **TIGHT)
    ask = moved.astype(np.float64) @ other.weight[:, 0, 0] + other.bias[0, 0]
    np.testing.assert_allclose(ask, x @ plain.weight[:, 0, 0] + plain.bias[0, 0], atol=5e-3)


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 1000), st.floats(0.02, 0.98))
def test_balanced_answers_weigh_the_same_and_no_more_than_before(seed, share):
    rng = np.random.default_rng(seed)
    y = np.append(rng.random(98) < share, [True, False])[:, None].astype(float)
    weights = rng.uniform(0.1, 1, y.shape)
    after = balance(y, weights)
    assert (after * y).sum() == pytest.approx((after * (1 - y)).sum())
    assert after.sum() == pytest.approx(weights.sum())


def test_the_same_bytes_twice_and_on_one_core_or_three():
    x, y = vectors(20_000, 16)
    fold = np.arange(len(x)) % 2
    made, threads = [], torch.get_num_threads()
    try:
        for cores in (1, 1, 3):
            torch.set_num_threads(cores)
            fit = train_many(x, y, None, STRENGTHS, fold, scale=True)
            made.append((fit.weight.tobytes(), fit.bias.tobytes(), fit.held.tobytes()))
            assert torch.get_num_threads() == cores
    finally:
        torch.set_num_threads(threads)
    assert made[0] == made[1] == made[2]


def test_half_precision_vectors_are_read_as_they_are():
    x, y = vectors()
    half = x.astype(np.float16)
    np.testing.assert_array_equal(train_many(half, y).weight, train_many(half.astype(np.float32), y).weight)


def test_more_numbers_than_rows_and_numbers_that_never_change():
    x, y = vectors(60, 200)
    x[:, :50] = 3
    fit = train_many(x, y, None, (1e-2, 1.0), np.arange(60) % 3, scale=True)
    assert fit.met.all()
    assert np.abs(fit.weight[:50]).max() < 1e-3
    assert fit.held_hits.mean() > 0.6


def test_rough_first_rounds_lead_to_the_same_end():
    x, y = vectors()
    fold = np.arange(len(x)) % 2
    usual = torch.get_float32_matmul_precision()
    rough = train_many(x, y, None, STRENGTHS, fold, mixed=True, **TIGHT)
    exact = train_many(x, y, None, STRENGTHS, fold, mixed=False, **TIGHT)
    assert torch.get_float32_matmul_precision() == usual
    np.testing.assert_allclose(rough.weight, exact.weight, atol=2e-5)
    np.testing.assert_allclose(rough.held_loss, exact.held_loss, atol=1e-5)


def test_what_makes_no_sense_is_refused():
    x, y = vectors(50)
    with pytest.raises(ValueError, match="both answers"):
        train_many(x, np.zeros(50))
    with pytest.raises(ValueError, match="no label at all"):
        train_many(x, np.full(50, -1), balanced=False)
    with pytest.raises(ValueError, match="between 0 and 1"):
        train_many(x, np.full(50, 2))
    with pytest.raises(ValueError, match="none is empty"):
        train_many(x, y, folds=np.where(np.arange(50) % 2, 2, 0))
    with pytest.raises(ValueError, match="without folds"):
        _ = train_many(x, y).best
