import numpy as np
import pytest

from featurestore.compare.comparison import estimates
from featurestore.compare.cost import Costs
from featurestore.compare.counting import count
from featurestore.compare.weighting import (
    blind,
    cell_shares,
    draw_totals,
    horvitz_thompson,
    lacking,
    shares_of_all,
    strata_counts,
    totals,
)
from tests.featurestore.compare.streams import STRATA, everything_seen, stream


def one_cell() -> tuple[np.ndarray, np.ndarray]:
    """Both hit: 40 seen for sure (10 finds), and 1000 of which 2 in 100 are seen (20 seen, 15 finds)."""
    cells = np.zeros((2, 3, 2, 2), np.int64)
    cells[0, :, 1, 1] = [0, 30, 10]
    cells[1, :, 1, 1] = [980, 5, 15]
    return cells, np.array([1.0, 0.02])


def test_hajek_by_hand() -> None:
    cells, chance = one_cell()
    # finds 10 + 15 * 50 = 760 of 40 + 20 * 50 = 1040 weighted labels; there are 1040 rows
    found = cell_shares(cells, chance)
    assert found.share[1, 1] == pytest.approx(760 / 1040)
    assert found.seen[1, 1] == pytest.approx(1040**2 / (40 + 20 * 2500))
    assert totals(cells, chance)[:, 1, 1].tolist() == pytest.approx([280, 760])


def test_horvitz_thompson_by_hand() -> None:
    cells, chance = one_cell()
    assert horvitz_thompson(cells, chance)[:, 1, 1].tolist() == pytest.approx([30 + 250, 10 + 750])


def test_with_every_label_it_is_counting() -> None:
    counts = count(everything_seen(3000))
    plain = counts.cells[:, 1:].sum(0)
    np.testing.assert_allclose(totals(counts.cells, counts.chance), plain)
    np.testing.assert_allclose(horvitz_thompson(counts.cells, counts.chance), plain)


def test_many_at_once_are_what_each_is_alone() -> None:
    counts = count(stream(5000))
    together = totals(counts.by_day, counts.chance)
    for day, cells in enumerate(counts.by_day):
        np.testing.assert_allclose(together[day], totals(cells, counts.chance))


def test_nothing_seen_is_half_and_known_to_be_blind() -> None:
    cells = np.zeros((1, 3, 2, 2), np.int64)
    cells[0, :, 0, 0] = [0, 90, 10]
    cells[0, 0, 1, 1] = 50
    chance = np.ones(1)
    assert totals(cells, chance)[:, 1, 1].tolist() == [25, 25]
    assert blind(cells).tolist() == [[0, 0], [0, 50]]
    drawn = draw_totals(cells, chance)[:, 1, 1, 1]
    assert np.quantile(drawn, 0.05) < 2
    assert np.quantile(drawn, 0.95) > 48


def test_draws_of_an_answer_never_seen_are_close_to_the_rule_of_three() -> None:
    cells = np.zeros((1, 3, 2, 2), np.int64)
    cells[0, 1, 0, 0] = 1000
    high = np.quantile(draw_totals(cells, np.ones(1), 20_000)[:, 1, 0, 0], 0.95)
    assert 1.5 < high < 3.2


def test_strata_and_what_is_lacking() -> None:
    pairs = stream(4000)
    rows = {one.name: one for one in strata_counts(count(pairs))}
    for n, name in enumerate(STRATA):
        own = pairs.stratum == n
        assert (rows[name].rows, rows[name].labels) == (int(own.sum()), int((own & pairs.known).sum()))
        assert rows[name].finds == int((own & (pairs.label == 1)).sum())
    pairs.label[np.flatnonzero(~pairs.a_hit & pairs.b_hit)[::2]] = -1
    counts = count(pairs)
    assert lacking(counts.cells, counts.chance)[0, 1] == pytest.approx(0.5, abs=0.02)
    assert abs(lacking(counts.cells, counts.chance)[0, 0]) < 1e-6


def test_intervals_hold_the_truth_as_often_as_they_say_and_naive_ones_do_not() -> None:
    """Precision and recall of the champion and the difference, with 5 % audit: 150 streams of 15,000."""
    whole = count(everything_seen(1_000_000, seed=99, b_better=0.3))
    truth = estimates(whole.cells, whole.chance, Costs())
    runs, held, naive = 150, dict.fromkeys(("precision", "recall", "right", "euros"), 0), 0
    for seed in range(runs):
        counts = count(stream(15_000, seed=seed, b_better=0.3, audit=0.05))
        found = estimates(counts.cells, counts.chance, Costs())
        plain = counts.cells.copy()
        plain[:, 0] = 0  # only what has a label, each counted once
        unweighted = estimates(plain, np.ones(len(counts.chance)), Costs())["precision"].a
        naive += unweighted.low <= truth["precision"].a.value <= unweighted.high
        for name in held:
            own, real = (
                (found[name].difference, truth[name].difference)
                if name in ("right", "euros")
                else (found[name].a, truth[name].a)
            )
            held[name] += own.low <= real.value <= own.high
    assert all(runs * 0.90 <= n <= runs * 0.99 + 1 for n in held.values()), held
    assert naive < runs * 0.6


def test_shares_sum_to_one() -> None:
    counts = count(stream(3000))
    shares = shares_of_all(counts.cells, counts.chance)
    assert sum(one.value for one in shares) == pytest.approx(1)
    assert all(one.low <= one.value <= one.high for one in shares)
