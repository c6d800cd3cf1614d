"""Text and picture together: a missing part changes nothing, groups answer for themes that cannot be told apart."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engagement.themes.fusion import Said, answer, fuse
from engagement.themes.mapping import Shape

PRIOR = np.array([0.5, 0.3, 0.2])
SHAPE = Shape(
    {"a": ("g",), "b": ("g",), "c": (), "g": ("top",), "top": (), "old": (), "gone": ()},
    {"old": "c"},
    frozenset("abc"),
)
P = st.tuples(*[st.floats(0.01, 1)] * 3).map(lambda row: np.array([row]) / sum(row))


@settings(deadline=None)
@given(P)
def test_a_part_that_is_missing_changes_nothing(p):
    themes, alone = fuse([Said("abc", PRIOR, p)])
    _, both = fuse([Said("abc", PRIOR, p), Said("ab", np.array([0.5, 0.5]), np.full((1, 2), np.nan))])
    assert themes == ["a", "b", "c"]
    assert alone == pytest.approx(p, abs=1e-9)
    assert both == pytest.approx(p, abs=1e-9)


@settings(deadline=None)
@given(P)
def test_a_picture_that_says_no_more_than_its_prior_changes_nothing(p):
    _, both = fuse([Said("abc", PRIOR, p), Said("ab", np.array([0.5, 0.5]), np.array([[0.5, 0.5]]))])
    assert both == pytest.approx(p, abs=1e-9)


@settings(deadline=None)
@given(P, P)
def test_two_parts_are_bayes_rule(p, q):
    _, both = fuse([Said("abc", PRIOR, p), Said("abc", PRIOR, q)])
    expected = p * q / PRIOR
    assert both == pytest.approx(expected / expected.sum(), abs=1e-6)


@settings(deadline=None)
@given(P, st.floats(0.01, 0.99))
def test_a_head_of_few_themes_says_which_of_them_and_never_whether(p, q):
    _, both = fuse([Said("abc", PRIOR, p), Said("ab", np.array([0.5, 0.5]), np.array([[q, 1 - q]]))])
    assert both[0, 2] == pytest.approx(p[0, 2], abs=1e-9)
    assert both.sum() == pytest.approx(1)
    odds = p[0, 0] / p[0, 1] * q / (1 - q)
    assert both[0, 0] / both[0, 1] == pytest.approx(odds, rel=1e-6)


def test_only_a_picture_chooses_among_what_its_head_knows_and_nothing_at_all_is_no_answer():
    texts = np.full((2, 3), np.nan)
    pictures = np.array([[0.9, 0.1], [np.nan, np.nan]])
    _, p = fuse([Said("abc", PRIOR, texts), Said("ab", np.array([0.5, 0.5]), pictures)])
    assert p[0, 2] == 0
    assert p[0, 0] > 0.9  # what is commoner is likelier still
    assert np.isnan(p[1]).all()


def test_the_smallest_sure_group_answers_where_no_theme_is_sure():
    assert answer({"a": 0.8, "b": 0.1, "c": 0.1}, SHAPE, 0.7).theme == "a"
    unsure = answer({"a": 0.5, "b": 0.4, "c": 0.1}, SHAPE, 0.7)
    assert (unsure.theme, unsure.group, unsure.best) == (None, "g", "a")
    assert unsure.probability == pytest.approx(0.9)
    nothing = answer({"a": 0.4, "b": 0.2, "c": 0.4}, SHAPE, 0.7)
    assert (nothing.theme, nothing.group) == (None, None)


def test_a_head_that_learned_before_the_taxonomy_changed_still_answers():
    assert answer({"a": 0.2, "c": 0.3, "old": 0.5}, SHAPE, 0.7).theme == "c"  # merged
    split = answer({"g": 0.9, "c": 0.1}, SHAPE, 0.7)  # learned when g was a theme
    assert (split.theme, split.group, split.best) == (None, "g", "c")
    assert answer({"gone": 0.9, "c": 0.1}, SHAPE, 0.7).theme is None
    assert answer({"never heard of": 1.0}, SHAPE, 0.5).best == ""
