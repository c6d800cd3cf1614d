"""What was typed, as a query that cannot be an operator."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderation.search.words import MOST, for_postgres, for_sqlite, terms


def test_words_in_small_letters_each_once():
    assert terms(" Dragon-Castle  DRAGON, a 龍") == ["dragon", "castle", "龍"]


@pytest.mark.parametrize(
    ("text", "says"), [("a !", "two letters"), (" ".join(f"word{n}" for n in range(MOST + 1)), "At most")]
)
def test_what_cannot_be_looked_for_is_said(text, says):
    with pytest.raises(ValueError, match=says):
        terms(text)


@given(st.text(max_size=60))
def test_nothing_typed_becomes_an_operator(text):
    try:
        words = terms(text)
    except ValueError:
        return
    assert all(re.fullmatch(r"[^\W_]+", word) for word in words)
    assert for_postgres(words).count("'") == 2 * len(words) == for_sqlite(words).count('"')
