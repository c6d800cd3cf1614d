"""Parts of texts: sentences, and windows of what has none."""

from hypothesis import given
from hypothesis import strategies as st

from moderation.detectors.profanity.pieces import MOST_PARTS, WINDOW, parts_of


@given(st.text(alphabet="ab .,!\n", max_size=12_000) | st.text(max_size=900))
def test_parts_lie_in_the_text_in_order(text):
    places = parts_of(text)
    assert len(places) <= MOST_PARTS
    assert len(places) != 1
    before = 0
    for start, end in places:
        assert before <= start < end <= len(text)
        assert end - start <= WINDOW
        before = end
    if len(text.strip()) > 2 * WINDOW:
        assert places
        assert text[: places[0][0]].strip() == text[places[-1][1] :].strip() == ""


def test_a_text_falls_into_its_sentences():
    text = "What a nice tower! You are an idiot, go away. Bye"
    assert [text[start:end] for start, end in parts_of(text)] == [
        "What a nice tower!",
        "You are an idiot, go away.",
        "Bye",
    ]


def test_a_short_sentence_goes_with_the_next():
    text = "Wow. That is the best castle. I like it a lot"
    assert [text[start:end] for start, end in parts_of(text)] == ["Wow. That is the best castle.", "I like it a lot"]


def test_one_sentence_has_no_parts():
    assert parts_of("A castle with a tower") == []
    assert parts_of("") == []
