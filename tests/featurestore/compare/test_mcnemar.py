import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from featurestore.compare.mcnemar import mcnemar


def test_known_results() -> None:
    # Fagerland, Lydersen and Laake 2013, table 1 (Bentur et al. 2009): 1 against 7.
    # exact 2 (1 + 8) / 2^8 = 0.0703125, mid-p 0.0703125 - 8 / 2^8 = 0.0390625
    found = mcnemar(1, 7)
    assert (found.exact, found.mid_p) == (pytest.approx(0.0703125), pytest.approx(0.0390625))
    # Armitage and Berry 1994, p. 127: 12 against 2; exact 2 (1 + 14 + 91) / 2^14 = 0.01294
    assert mcnemar(12, 2).exact == pytest.approx(2 * 106 / 2**14)
    # R: mcnemar.exact(matrix(c(794, 86, 150, 570), 2)), Agresti's approval ratings: p-value = 3.7e-05 at 86 and 150
    assert mcnemar(86, 150).exact == pytest.approx(3.7e-5, rel=0.02)
    # at equality: 1 - half of the point (the same paper's supplement)
    assert mcnemar(3, 3).mid_p == pytest.approx(1 - 20 / 64 / 2)


def test_nothing_to_tell_them_apart() -> None:
    assert (mcnemar(0, 0).exact, mcnemar(0, 0).mid_p) == (1, 1)


@given(st.integers(0, 60), st.integers(0, 60))
def test_it_is_the_tail_of_a_fair_coin_and_the_same_both_ways(a: int, b: int) -> None:
    n = a + b
    by_hand = sum(math.comb(n, k) for k in range(n + 1) if abs(2 * k - n) >= abs(a - b)) / 2**n
    assert mcnemar(a, b).exact == pytest.approx(by_hand)
    assert mcnemar(a, b).mid_p <= mcnemar(a, b).exact
    assert mcnemar(a, b).mid_p == pytest.approx(mcnemar(b, a).mid_p)
