import numpy as np
import pytest
from sklearn.metrics import average_precision_score, roc_auc_score

from featurestore.compare.counting import count
from featurestore.compare.curves import calibration, curve, operating, shift, wilson
from tests.featurestore.compare.streams import stream

AT = operating(0.1, 0.9, 0.8)


def test_curves_agree_with_scikit_learn_under_weights() -> None:
    pairs = stream(20_000)
    counts, known = count(pairs), pairs.known
    found = curve(counts.a_scores, counts.chance, AT)
    assert found is not None
    given = (pairs.label[known], pairs.a_score[known])
    weight = 1 / pairs.chance[known]
    assert found.auc == pytest.approx(roc_auc_score(*given, sample_weight=weight), abs=5e-4)
    assert found.average_precision == pytest.approx(average_precision_score(*given, sample_weight=weight), abs=3e-3)
    assert len(found.recall) <= 202
    assert (np.diff(found.recall) >= 0).all()
    assert (np.diff(found.false_positive) >= 0).all()
    assert (np.diff(found.threshold) < 0).all()
    assert (found.recall[-1], found.false_positive[-1]) == (1, 1)


def test_a_curve_goes_through_what_each_threshold_does() -> None:
    pairs = stream(20_000, audit=1.0)
    found = curve(count(pairs).a_scores, np.ones(1), AT)
    assert found is not None
    for place in range(5, len(found.threshold), 40):
        hit = pairs.a_score >= found.threshold[place]
        assert found.recall[place] == pytest.approx(hit[pairs.label == 1].mean(), abs=2e-3)
        assert found.precision[place] == pytest.approx((pairs.label[hit] == 1).mean(), abs=5e-3)


def test_no_curve_without_both_kinds() -> None:
    counts = count(stream(500, finds=0.0))
    assert curve(counts.a_scores, counts.chance, AT) is None


def test_calibration_sees_a_calibrated_score_and_one_that_is_not() -> None:
    pairs = stream(60_000, audit=1.0)
    rng = np.random.default_rng(0)
    score = rng.random(len(pairs)).astype(np.float32)
    pairs.label[:] = rng.random(len(pairs)) < score
    pairs.a_score[:], pairs.b_score[:] = score, score**2
    counts = count(pairs)
    good, bad = (calibration(scores, counts.chance) for scores in (counts.a_scores, counts.b_scores))
    assert good.error < 0.01 < 0.1 < bad.error
    assert sum(part.share.low <= part.score <= part.share.high for part in good.parts) >= 8
    assert sum(part.labels for part in good.parts) == len(pairs)


def test_shift_by_day_and_in_all() -> None:
    pairs = stream(4000, b_better=0.5)
    found = shift(count(pairs))
    assert found.a.sum() == pytest.approx(1) == found.b.sum()
    assert found.a_mean == pytest.approx(pairs.a_score.mean(), abs=1e-3)
    first = pairs.day == found.days[0]
    assert found.a_hits[0] == pytest.approx(pairs.a_hit[first].mean())
    assert found.b_hits[0] == pytest.approx(pairs.b_hit[first].mean())
    grid = np.linspace(0, 1, 1001)
    cumulated = [np.searchsorted(np.sort(s), grid) / len(s) for s in (pairs.a_score, pairs.b_score)]
    assert found.distance == pytest.approx(np.abs(cumulated[0] - cumulated[1]).max(), abs=2e-3)


def test_wilson() -> None:
    # statsmodels: proportion_confint(8, 20, method="wilson") = (0.21880, 0.61342)
    found = wilson(0.4, 20)
    assert (found.low, found.high) == (pytest.approx(0.21880, abs=1e-4), pytest.approx(0.61342, abs=1e-4))
