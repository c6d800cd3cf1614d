"""The checksum of rows: the same in pieces, another for whatever goes wrong on a disk."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from featurestore.store.checksum import checksum


def rows(n: int, dim: int) -> np.ndarray:
    return np.random.default_rng(n * dim).normal(size=(n, dim)).astype(np.float16)


@given(st.integers(1, 40), st.integers(1, 9), st.data())
def test_pieces_add_up(n, dim, data):
    whole = rows(n, dim)
    cut = data.draw(st.integers(0, n))
    assert checksum(whole) == (checksum(whole[:cut]) + checksum(whole[cut:], cut)) % 2**64


@given(st.integers(1, 20), st.integers(1, 9), st.data())
def test_any_bit_counts(n, dim, data):
    whole = rows(n, dim)
    seen = checksum(whole)
    raw = whole.view(np.uint8).reshape(-1)
    raw[data.draw(st.integers(0, len(raw) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    assert checksum(whole) != seen


@pytest.mark.parametrize("dim", [8, 5])
def test_order_zeros_and_length_count(dim):
    whole = rows(30, dim)
    zeroed = whole.copy()
    zeroed[10:] = 0
    assert len({checksum(part) for part in (whole, whole[::-1].copy(), zeroed, whole[:-1], zeroed[:-1])}) == 5
