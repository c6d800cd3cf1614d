import numpy as np
import pytest
from scipy import stats

from featurestore.compare.bootstrap import bca, can_tell, resample
from tests.featurestore.compare.streams import cells


def ratio(counts: np.ndarray) -> np.ndarray:
    """(..., 4) tp, fp, fn, tn -> precision and recall."""
    with np.errstate(invalid="ignore"):
        tp, fp, fn = counts[..., 0], counts[..., 1], counts[..., 2]
        return np.stack([tp / (tp + fp), tp / (tp + fn)], -1)


def test_it_agrees_with_scipy_on_rows() -> None:
    counts = np.array([40, 6, 12, 200])
    rows = np.repeat(np.arange(4), counts)

    def precision(sample: np.ndarray, axis: int = -1) -> np.ndarray:
        return (sample == 0).sum(axis) / (sample <= 1).sum(axis)

    theirs = stats.bootstrap((rows,), precision, n_resamples=20_000, method="BCa", rng=1).confidence_interval
    ours = bca(counts, ratio, draws=20_000)[0]
    assert ours.value == pytest.approx(40 / 46)
    assert ours.low == pytest.approx(theirs.low, abs=0.006)
    assert ours.high == pytest.approx(theirs.high, abs=0.006)


def test_bca_is_not_the_percentile_interval_where_the_figure_is_skewed() -> None:
    counts = np.array([60, 6, 3, 500])
    drawn = ratio(resample(counts, 20_000))[:, 0]
    plain = np.quantile(drawn, [0.025, 0.975])
    ours = bca(counts, ratio, draws=20_000)[0]
    assert ours.high < plain[1]  # a high precision has its long tail below
    assert ours.low < plain[0]


def test_a_resample_keeps_every_stratum_as_large_as_it_was() -> None:
    drawn = resample(np.array([5, 0, 20, 7]), 50, strata=np.array([0, 0, 1, 1]))
    assert (drawn[:, :2].sum(1) == 5).all()
    assert (drawn[:, 2:].sum(1) == 27).all()
    assert (drawn[:, 1] == 0).all()
    assert len(np.unique(drawn[:, 2])) > 3


def test_a_stratum_kept_as_it_is_makes_the_interval_narrower() -> None:
    def share(counts: np.ndarray) -> np.ndarray:
        return (counts[..., :1] + counts[..., 2:3]) / counts.sum(-1, keepdims=True)

    counts = np.array([90, 10, 10, 90])
    free, fixed = bca(counts, share)[0], bca(counts, share, strata=np.array([0, 0, 1, 1]))[0]
    assert fixed.high - fixed.low < 0.75 * (free.high - free.low)


def test_what_cannot_be_computed_is_nan_and_what_does_not_vary_has_no_width() -> None:
    nothing, sure = bca(np.array([0, 0, 5, 100]), ratio)
    assert not nothing.known
    assert (sure.value, sure.low, sure.high) == (0, 0, 0)


def test_the_same_seed_gives_the_same_interval() -> None:
    counts = np.array([40, 6, 12, 200])
    assert bca(counts, ratio, seed=3) == bca(counts, ratio, seed=3) != bca(counts, ratio, seed=4)


def test_it_says_where_a_resample_could_not_imagine_the_other_answer() -> None:
    few = cells(only_a=10, only_b=10, both_right=100, both_wrong=10)
    assert not can_tell(few)  # no find seen at all
    few[0, 2] = 5
    assert can_tell(few)
    few[0, 2, 1, 1] = 4
    assert not can_tell(few)
    few[0, :, 1, 1] = 0  # nothing falls there, so there is nothing to see
    assert can_tell(few)


def test_coverage_of_precision() -> None:
    rng = np.random.default_rng(5)
    truth = np.array([0.10, 0.03, 0.05, 0.82])
    held = 0
    for run in range(200):
        found = bca(rng.multinomial(600, truth), ratio, draws=800, seed=run)[0]
        held += found.low <= 10 / 13 <= found.high
    assert held >= 200 * 0.91
