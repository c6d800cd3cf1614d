import numpy as np
import pytest
from scipy.stats import binom, norm

from featurestore.compare.risk import FALSE_REJECT, MISSED, THRESHOLDS, curve, p_values, risk_threshold


def sample(n: int, seed: int, finds: float = 0.1) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    labels = (rng.random(n) < finds).astype(np.int8)
    return norm.cdf(rng.normal(size=n) + np.where(labels, 1.5, -1.5)), labels


def true_false_reject(threshold: float) -> float:
    return float(norm.sf(norm.ppf(threshold) + 1.5))


def test_the_p_value_is_the_binomial_tail() -> None:
    found = p_values(np.array([[0], [3]]), np.array([600]), np.ones(1), 0.005)
    assert found.tolist() == pytest.approx([0.995**600, binom.cdf(3, 600, 0.005)])


def test_it_takes_598_labels_without_a_loss() -> None:
    """0.995^598 = 0.0499: the rule of three, exactly."""
    good = np.zeros(597)
    nothing = risk_threshold(good, np.zeros(597, np.int8), None, 1 / 200)
    assert not nothing.possible
    assert nothing.needed == 598
    assert "at most 1 in 200 good creations is rejected" in nothing.sentence
    assert "597 good creations have a label, and it takes about 598" in nothing.sentence
    enough = risk_threshold(np.zeros(598), np.zeros(598, np.int8), None, 1 / 200)
    assert enough.threshold == THRESHOLDS[0]  # no good creation scored anything, so even the lowest is safe


def test_the_guarantee_holds() -> None:
    """300 samples: the true share rejected is above the bound in at most 1 in 20."""
    broken = possible = 0
    for seed in range(300):
        found = risk_threshold(*sample(3000, seed), None, 0.02)
        possible += found.possible
        broken += found.threshold is not None and true_false_reject(found.threshold) > 0.02
    assert possible == 300
    assert broken <= 300 * 0.05 + 6


def test_the_guarantee_holds_under_weights_where_ignoring_them_breaks_it() -> None:
    """What scores above 0.4 is seen 1 time in 10."""
    broken = ignored = possible = 0
    for seed in range(200):
        scores, labels = sample(20_000, seed)
        chance = np.where(scores > 0.4, 0.1, 1.0)
        seen = np.random.default_rng(seed + 1000).random(len(scores)) < chance
        known = np.where(seen, labels, -1)
        found = risk_threshold(scores, known, 1 / chance, 0.02)
        naive = risk_threshold(scores, known, None, 0.02)
        possible += found.possible
        broken += found.threshold is not None and true_false_reject(found.threshold) > 0.02
        ignored += naive.threshold is not None and true_false_reject(naive.threshold) > 0.02
    assert possible >= 190
    assert broken <= 10
    assert ignored > 150


def test_a_plan_with_rare_looks_is_not_mistaken_for_a_full_one() -> None:
    """All that scores high was to be seen 1 time in 50, and by chance none was: that proves nothing."""
    scores = np.concatenate([np.zeros(700), np.full(40, 0.9995)])
    labels = np.concatenate([np.zeros(700), np.full(40, -1)]).astype(np.int8)
    weights = np.concatenate([np.ones(700), np.full(40, 50.0)])
    found = risk_threshold(scores, labels, weights, 1 / 200)
    assert not found.possible
    assert 30_000 < found.needed < 45_000


def test_what_is_never_looked_at_cannot_be_promised() -> None:
    found = risk_threshold(np.zeros(2000), np.zeros(2000, np.int8), np.where(np.arange(2000) < 9, np.inf, 1.0), 0.1)
    assert not found.possible
    assert "nobody was ever going to look at 9 uploads" in found.sentence


def test_missed_finds_are_bounded_from_below() -> None:
    scores, labels = sample(20_000, 1)
    found = risk_threshold(scores, labels, None, 0.05, loss=MISSED)
    assert found.threshold is not None
    assert norm.cdf(norm.ppf(found.threshold) - 1.5) <= 0.05
    assert found.risk == pytest.approx(1 - found.caught)
    assert "at most 1 in 20 finds is missed" in found.sentence


def test_a_looser_bound_buys_more() -> None:
    scores, labels = sample(30_000, 2)
    found = curve(scores, labels, None, [0.001, 0.005, 0.02, 0.1])
    thresholds = [one.threshold for one in found]
    assert None not in thresholds
    assert thresholds == sorted(thresholds, reverse=True)
    assert [one.caught for one in found] == sorted(one.caught for one in found)
    for one in found:
        good = labels == 0
        assert one.risk == pytest.approx((scores[good] >= one.threshold).mean())
        assert one.caught == pytest.approx((scores[~good] >= one.threshold).mean())
        assert one.rejected == pytest.approx((scores >= one.threshold).mean())


def test_many_labels_that_say_no_are_impossible_too() -> None:
    found = risk_threshold(np.ones(5000), np.zeros(5000, np.int8), None, 0.01)
    assert not found.possible
    assert "even the highest threshold" in found.sentence


def test_no_labels_at_all() -> None:
    empty = risk_threshold(np.zeros(0), np.zeros(0, np.int8), None, 0.01)
    assert (empty.possible, empty.labels) == (False, 0)
    assert not risk_threshold(np.zeros(9), np.full(9, -1), None, 0.01, loss=MISSED).possible


@pytest.mark.parametrize(("bound", "confidence", "loss"), [(0, 0.95, MISSED), (0.1, 1, MISSED), (0.1, 0.9, "f1")])
def test_what_makes_no_sense_is_refused(bound: float, confidence: float, loss: str) -> None:
    with pytest.raises(ValueError):
        risk_threshold(np.zeros(3), np.zeros(3, np.int8), None, bound, confidence, loss)


def test_the_default_loss_is_the_childs() -> None:
    assert risk_threshold(*sample(100, 1), None, 0.5).loss == FALSE_REJECT
