"""The quick way from float16 to float32 gives the very bits that numpy's gives."""

import numpy as np

from featurestore.store.widening import PIECE, scatter, widened

ALL = np.arange(65536, dtype=np.uint16).view(np.float16)
FINITE = ALL[np.isfinite(ALL)]


def test_every_finite_half_is_widened_exactly():
    rows = np.resize(FINITE, (PIECE + 7, 300))
    np.testing.assert_array_equal(widened(rows).view(np.uint32), rows.astype(np.float32).view(np.uint32))
    assert set(FINITE.view(np.uint16)) == set(rows.view(np.uint16).ravel())


def test_rows_are_scattered_to_their_places():
    rows = np.resize(FINITE, (2 * PIECE + 3, 5))
    places = np.random.default_rng(1).permutation(len(rows))
    wide, narrow = np.zeros(rows.shape, np.float32), np.zeros(rows.shape, np.float16)
    scatter(rows, places, wide)
    scatter(rows, places, narrow)
    np.testing.assert_array_equal(wide[places], rows.astype(np.float32))
    np.testing.assert_array_equal(narrow[places], rows)
