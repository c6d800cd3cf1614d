"""What was sealed opens whole, or not at all."""

from io import BytesIO

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from moderation.restricted import sealing
from moderation.restricted.sealing import Broken, seal, unseal

KEY, BOUND = b"k" * 32, b"case:part"
HEAD = len(sealing.MAGIC) + sealing.SALT


@pytest.fixture(autouse=True)
def small_pieces(monkeypatch):
    monkeypatch.setattr(sealing, "PIECE", 8)


def sealed(clear: bytes) -> bytes:
    return b"".join(seal(BytesIO(clear), KEY, BOUND))


def opened(data: bytes, key: bytes = KEY, bound: bytes = BOUND) -> bytes:
    return b"".join(unseal(BytesIO(data), key, bound))


@settings(deadline=None, suppress_health_check=list(HealthCheck))
@given(st.binary(max_size=60))
def test_it_opens_as_it_was(clear):
    assert opened(sealed(clear)) == clear


@settings(deadline=None, suppress_health_check=list(HealthCheck))
@given(st.binary(max_size=40), st.data())
def test_one_changed_bit_is_seen(clear, data):
    whole = bytearray(sealed(clear))
    at = data.draw(st.integers(0, len(whole) - 1))
    whole[at] ^= 1 << data.draw(st.integers(0, 7))
    with pytest.raises(Broken):
        opened(bytes(whole))


@settings(deadline=None, suppress_health_check=list(HealthCheck))
@given(st.binary(max_size=40), st.data())
def test_a_missing_end_is_seen_wherever_it_is_cut(clear, data):
    whole = sealed(clear)
    with pytest.raises(Broken):
        opened(whole[: data.draw(st.integers(0, len(whole) - 1))])


def test_pieces_cannot_be_swapped_or_doubled():
    whole = sealed(b"x" * 8 + b"y" * 8 + b"z")
    size = 8 + sealing.TAG
    a, b, rest = whole[HEAD : HEAD + size], whole[HEAD + size : HEAD + 2 * size], whole[HEAD + 2 * size :]
    for changed in (b + a + rest, a + a + b + rest, a + rest, a + b + rest + rest):
        with pytest.raises(Broken):
            opened(whole[:HEAD] + changed)


def test_another_key_and_another_place_open_nothing():
    whole = sealed(b"something")
    with pytest.raises(Broken):
        opened(whole, key=b"l" * 32)
    with pytest.raises(Broken):
        opened(whole, bound=b"case:other")
    assert b"something" not in whole
