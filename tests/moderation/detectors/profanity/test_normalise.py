"""Disguises are undone, and every letter knows where it was written."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from moderation.detectors.profanity.normalise import plain, readings

ANYTHING = st.text(
    alphabet=st.one_of(
        st.characters(codec=None),  # all of Unicode, half surrogates too
        st.sampled_from("aeiouf$@!1|*. -\u200b\u0301\u0336ƒυкɟɔ🅰🇫Ⓕﬁßİ你の글"),
    ),
    max_size=60,
)


@given(ANYTHING)
@example("ﬁ\u0301\u200bx")
@example("\u0301\u0301a")
@settings(deadline=None)
def test_every_character_has_a_place_in_the_text(text):
    layer = plain(text)
    assert len(layer.letters) == len(layer.where)
    before = 0
    for start, end in layer.where:
        assert before <= start < end <= len(text)
        before = start


@given(ANYTHING)
@settings(deadline=None)
def test_every_reading_lies_in_the_text(text):
    layer = plain(text)
    for reading in readings(layer):
        assert reading.word
        assert 0 <= reading.start < reading.end <= len(layer.letters)
        start, end = layer.span(reading.start, reading.end)
        assert 0 <= start < end <= len(text)


@given(st.text(alphabet="abcdefghijklmnopqrstuvwxyz", min_size=1, max_size=12))
def test_plain_words_are_read_as_they_stand(word):
    assert [reading.word for reading in readings(plain(word))] == [word]


@pytest.mark.parametrize(
    ("written", "how"),
    [
        ("castle", "plain"),
        ("CASTLE", "plain"),
        ("ｃａｓｔｌｅ", "plain"),
        ("𝓬𝓪𝓼𝓽𝓵𝓮", "plain"),
        ("ca\u200bst\u00adle", "plain"),
        ("c̶a̶s̶t̶l̶e̶", "plain"),
        ("c.a.s.t.l.e", "joined"),
        ("cas-tle", "joined"),
        ("c4$t1e", "look-alike"),
        ("саѕtlе", "look-alike"),
        ("🅲🅰🆂🆃🅻🅴", "look-alike"),
        ("🇨🇦🇸🇹🇱🇪", "look-alike"),
        ("ᴄᴀsᴛʟᴇ", "look-alike"),
        ("cåstlé", "look-alike"),
        ("c a s t l e", "spaced"),
        ("C - A - S - T - L - E", "spaced"),
        ("c4$t1e!", "look-alike"),
        ("ǝꞁʇsɐɔ", "turned"),
    ],
)
def test_a_disguise_is_undone(written, how):
    text = f"my {written} is big"
    layer = plain(text)
    found = [reading for reading in readings(layer) if reading.word == "castle" and reading.how == how]
    assert found
    start, end = layer.span(found[0].start, found[0].end)
    assert text[start:end].rstrip("!") == written.rstrip("!")


def test_a_mask_stands_for_one_letter():
    assert ("c*s*le", "masked") in {(reading.word, reading.how) for reading in readings(plain("a c*s#le!"))}


def test_a_number_is_no_word():
    assert not [reading for reading in readings(plain("455 r2-455 60455")) if reading.how == "look-alike"]
