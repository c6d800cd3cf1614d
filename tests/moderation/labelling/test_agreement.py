"""Figures against published examples."""

import math

import numpy as np
import pytest

from moderation.labelling.agreement import agreed, alpha, kappa


def test_kappa_as_in_the_textbook():
    # 50 proposals: both yes 20, both no 15, only the first yes 5, only the second yes 10: kappa is 0.4.
    first = ["y"] * 25 + ["n"] * 25
    second = ["y"] * 20 + ["n"] * 5 + ["y"] * 10 + ["n"] * 15
    assert kappa(first, second)[0] == pytest.approx(0.4)


def test_alpha_as_krippendorff_computed_it():
    # His reliability data with two observers, ten units, binary: alpha is 0.095.
    a = [0, 1, 0, 0, 0, 0, 0, 0, 1, 0]
    b = [1, 1, 1, 0, 0, 1, 0, 0, 0, 0]
    units = [[str(x), str(y)] for x, y in zip(a, b, strict=True)]
    assert alpha(units)[0] == pytest.approx(0.095, abs=5e-4)


def test_alpha_with_four_observers_and_gaps():
    # Krippendorff's nominal example of four observers and twelve units with missing data: 0.743.
    table = [
        [1, 2, 3, 3, 2, 1, 4, 1, 2, None, None, None],
        [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, None, 3],
        [None, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, None],
        [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, None],
    ]
    units = [[str(v) for v in column if v is not None] for column in zip(*table, strict=True)]
    assert alpha([unit for unit in units if len(unit) > 1])[0] == pytest.approx(0.743, abs=5e-4)


def said(pairs) -> dict:
    return {n: {"anna": a, "bo": b} for n, (a, b) in enumerate(pairs)}


def test_two_people_get_kappa_and_more_get_alpha():
    pairs = [("yes", "yes")] * 8 + [("no", "no")] * 8 + [("yes", "no")] * 4
    two = agreed(said(pairs))
    assert (two.measure, two.people, two.questions) == ("Cohen's kappa", 2, 20)
    assert two.figure == pytest.approx(0.6154, abs=1e-3)
    assert two.low < two.figure < two.high
    three = agreed(said(pairs) | {99: {"anna": "yes", "cleo": "yes"}})
    assert (three.measure, three.people) == ("Krippendorff's alpha", 3)


def test_nothing_is_said_of_too_little_or_of_what_never_differs():
    assert agreed(said([("yes", "no")] * 9)) is None
    assert agreed({n: {"anna": "yes"} for n in range(50)}) is None
    assert agreed(said([("yes", "yes")] * 50)) is None


def test_an_interval_covers_what_is_true():
    """Two people who agree on 80 % of evenly split questions: kappa is 0.6."""
    rng = np.random.default_rng(0)
    covered = 0
    for run in range(60):
        first = rng.integers(0, 2, 80)
        second = np.where(rng.random(80) < 0.8, first, 1 - first)
        found = agreed(said(zip(first.astype(str), second.astype(str), strict=True)), seed=run)
        covered += found.low <= 0.6 <= found.high
    assert covered >= 52  # 57 expected
    assert not math.isnan(found.figure)
