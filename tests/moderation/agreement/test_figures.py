"""Agreement in figures: against others' programs, by their properties, and as to what the intervals promise."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from moderation.agreement.figures import LEAST, alpha_of, kappa_of, majority
from moderation.labelling.agreement import alpha, kappa

WORDS = st.sampled_from(["approve", "face", "rude"])
PAIRS = st.lists(st.tuples(WORDS, WORDS), min_size=LEAST, max_size=60)
UNITS = st.lists(st.lists(WORDS, min_size=2, max_size=5), min_size=LEAST, max_size=40)
QUICK = settings(max_examples=30, deadline=None)


@QUICK
@given(PAIRS)
def test_kappa_is_scikit_learns(pairs):
    from sklearn.metrics import cohen_kappa_score

    found = kappa_of(pairs)
    first, second = zip(*pairs, strict=True)
    theirs = cohen_kappa_score(first, second) if len({*first, *second}) > 1 else float("nan")
    if found is None:
        assert np.isnan(theirs)
    else:
        assert found.figure == pytest.approx(theirs)


@QUICK
@given(UNITS)
def test_counting_by_pattern_changes_no_figure(units):
    plain = alpha(units)[0]
    found = alpha_of(units)
    assert (found is None and np.isnan(plain)) or found.figure == pytest.approx(plain)


@QUICK
@given(UNITS, st.randoms())
def test_neither_the_order_of_units_nor_of_people_matters(units, rng):
    mixed = [rng.sample(unit, len(unit)) for unit in rng.sample(units, len(units))]
    assert alpha_of(mixed) == alpha_of(units)


@QUICK
@given(PAIRS)
def test_the_two_may_change_places(pairs):
    one, other = kappa_of(pairs), kappa_of([(b, a) for a, b in pairs])
    assert (one is None) == (other is None)
    if one and other:
        assert one.figure == pytest.approx(other.figure)


@QUICK
@given(PAIRS)
def test_one_at_most_and_within_its_interval(pairs):
    found = kappa_of(pairs)
    if found:
        assert -1 <= found.low <= found.high <= 1
        assert found.figure <= 1
        assert (found.figure == pytest.approx(1)) == (found.alike == found.units)


def test_too_few_say_nothing_and_one_alone_is_no_unit():
    assert kappa_of([("approve", "rude")] * (LEAST - 1)) is None
    assert alpha_of([["approve"]] * 50) is None
    assert alpha_of([["approve", "approve"]] * 50) is None  # chance alone would agree always


def test_the_interval_covers_what_is_true():
    """Two people who agree on 80 % of evenly split units: kappa is 0.6. Of 200 samples of 80, 95 % should hold it."""
    rng = np.random.default_rng(7)
    held = 0
    for _ in range(200):
        first = rng.integers(0, 2, 80)
        second = np.where(rng.random(80) < 0.8, first, 1 - first)
        found = kappa_of(zip(map(str, first), map(str, second), strict=True))
        held += found.low <= 0.6 <= found.high
    assert 180 <= held <= 199


def test_half_as_many_have_a_wider_interval():
    pairs = [("approve", "approve")] * 30 + [("rude", "rude")] * 10 + [("approve", "rude")] * 8
    few, many = kappa_of(pairs), kappa_of(pairs * 10)
    assert few.figure == pytest.approx(many.figure)
    assert many.high - many.low < few.high - few.low


@QUICK
@given(st.lists(WORDS, max_size=9))
def test_the_majority_is_what_more_said_than_anything_else(answers):
    most = majority(answers)
    counts = {word: answers.count(word) for word in answers}
    best = [word for word, n in counts.items() if n == max(counts.values())]
    assert most == (best[0] if len(best) == 1 else None)


def test_the_formulas_are_those_of_the_label_pages():
    pairs = [("a", "a")] * 20 + [("b", "b")] * 15 + [("a", "b")] * 5 + [("b", "a")] * 10
    assert kappa_of(pairs).figure == pytest.approx(kappa(*zip(*pairs, strict=True))[0]) == pytest.approx(0.4)
