import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from featurestore.compare.counting import BINS, LEVELS, count, levels
from tests.featurestore.compare.streams import stream


def test_every_table_is_what_a_loop_over_the_rows_counts() -> None:
    pairs = stream(400, days=4)
    counts = count(pairs)
    level = [int(np.abs(counts.chance - chance).argmin()) for chance in pairs.chance]
    cells, by_day = np.zeros_like(counts.cells), np.zeros_like(counts.by_day)
    markets = {name: np.zeros_like(counts.cells) for name in ("", "DK", "JP")}
    strata = {name: np.zeros_like(counts.cells) for name in pairs.strata}
    scores = np.zeros_like(counts.a_scores)
    for n in range(len(pairs)):
        place = (level[n], pairs.label[n] + 1, int(pairs.a_hit[n]), int(pairs.b_hit[n]))
        cells[place] += 1
        by_day[(int((pairs.day[n] - pairs.day.min()) / np.timedelta64(1, "D")), *place)] += 1
        markets[pairs.slices["market"][1][pairs.slices["market"][0][n]]][place] += 1
        strata[pairs.strata[pairs.stratum[n]]][place] += 1
        scores[(int(pairs.a_score[n] * np.float32(BINS)), *place[:2])] += 1
    np.testing.assert_array_equal(counts.cells, cells)
    np.testing.assert_array_equal(counts.by_day, by_day)
    np.testing.assert_array_equal(counts.a_scores, scores)
    for name, table in markets.items():
        np.testing.assert_array_equal(counts.by_slice["market"][name], table)
    for name, table in strata.items():
        np.testing.assert_array_equal(counts.by_stratum[name], table)
    assert (counts.total, counts.labelled) == (400, int(pairs.known.sum()))


@given(arrays(np.float32, st.integers(1, 300), elements=st.floats(2**-13, 1, width=32)))
@settings(max_examples=60, deadline=None)
def test_any_chances_become_few_levels_close_to_them(chance: np.ndarray) -> None:
    level, found = levels(chance)
    assert len(found) <= LEVELS
    assert (found > 0).all()
    assert (found <= 1).all()
    for one in range(len(found)):
        own = chance[level == one]
        assert own.min() * 0.999 <= found[one] <= own.max() * 1.001


def test_few_chances_are_kept_as_they_are() -> None:
    level, found = levels(np.array([0.02, 1, 0.314, 0.02], np.float32))
    np.testing.assert_allclose(found[level], [0.02, 1, 0.314, 0.02], rtol=1e-6)


def test_a_day_without_uploads_has_its_row() -> None:
    pairs = stream(50, days=1)
    pairs.day[0] += np.timedelta64(5, "D")
    counts = count(pairs)
    assert len(counts.days) == 6
    assert counts.by_day.sum((1, 2, 3, 4)).tolist() == [49, 0, 0, 0, 0, 1]


def test_no_pairs_and_impossible_chances_are_refused() -> None:
    with pytest.raises(ValueError, match="no pairs"):
        count(stream(0))
    with pytest.raises(ValueError, match="chance"):
        levels(np.array([-0.1, 1.0], np.float32))
