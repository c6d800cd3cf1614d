"""A block gives back what was put in, in another order, and with no value that few share."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from featurestore.compare import blocks
from featurestore.compare.blocks import BrokenBlock, Columns, coarsened, columns, joined, pack, shuffled, unpack

WORDS = st.lists(st.sampled_from(["", "DK", "DE", "IE", "NO", "SE"]), min_size=0, max_size=120)


def rows(markets: list[str]) -> Columns:
    n = len(markets)
    numbers = {name: np.zeros(n) for name in ("a_score", "b_score", "a_hit", "b_hit", "label", "stratum", "b_ms")}
    more = {"a_ms": np.arange(n), "chance": np.full(n, 0.07)}
    return columns(numbers | more, {"market": markets, "language": ["da"] * n, "device": [""] * n})


def told(some: Columns, slice: str = "market") -> list[str]:
    return [some.names[slice][code] for code in some.arrays[slice]]


@given(WORDS)
def test_what_is_packed_is_read_again(markets):
    packed = unpack(*pack(rows(markets)))
    assert told(packed) == markets
    np.testing.assert_array_equal(packed.arrays["a_ms"], np.arange(len(markets), dtype=np.float32))
    assert {name: array.dtype for name, array in packed.arrays.items()} == blocks._TYPES


def test_scores_keep_three_decimals():
    one = rows(["DK"] * 2)
    one.arrays["a_score"][:] = [0.123456, 0.9996]
    np.testing.assert_allclose(unpack(*pack(one)).arrays["a_score"], [0.123, 1.0], atol=1e-6)


def test_only_what_is_asked_for_is_read():
    some = unpack(*pack(rows(["DK", ""])), only=("a_ms", "market"))
    assert set(some.arrays) == {"a_ms", "market"}
    assert set(some.names) == {"market"}


def test_another_byte_is_noticed():
    data, sha256 = pack(rows(["DK"] * 30))
    for place in (0, len(data) // 2, len(data) - 1):
        broken = bytearray(data)
        broken[place] ^= 1
        with pytest.raises(BrokenBlock):
            unpack(bytes(broken), sha256)


@given(st.lists(WORDS, min_size=1, max_size=4))
def test_joined_is_one_below_the_other(many):
    assert told(joined([rows(markets) for markets in many])) == [market for markets in many for market in markets]


@given(WORDS, st.integers(1, 40))
def test_no_value_is_told_that_few_share(markets, least):
    some = coarsened(rows(markets), least)
    after = told(some)
    for value in set(after):
        # "" may be rare where there is nothing else: then nothing is told at all.
        assert after.count(value) >= least or set(after) == {""}
    assert all(new in ("", old) for new, old in zip(after, markets, strict=True))
    assert set(told(some, "language")) <= {"da", ""}
    # What is not rare, and is not needed to hide what is, stays.
    if not any(0 < markets.count(value) < least for value in set(markets)):
        assert after == markets
    few = sum(n for value in set(markets) if 0 < (n := markets.count(value)) < least or not value)
    lost = sum(new != old for new, old in zip(after, markets, strict=True))
    assert lost <= few + 2 * least


def test_the_order_is_another_and_every_row_is_there():
    before = rows(["DK", "DE"] * 100)
    after = shuffled(before)
    places = after.arrays["a_ms"]
    assert sorted(places) == list(range(200))
    assert list(places) != list(range(200))
    assert all(told(after)[n] == ("DK" if place % 2 == 0 else "DE") for n, place in enumerate(places))
    assert list(shuffled(before).arrays["a_ms"]) != list(places)
