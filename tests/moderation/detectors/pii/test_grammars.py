"""Numbers, addresses and words in every language, and what they must never do with any text."""

import itertools
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from moderation.detectors.pii.figures import luhn, phone_weight
from moderation.detectors.pii.kinds import ORDER, Hit, apart
from moderation.detectors.pii.layer import layer_of
from moderation.detectors.pii.nets import nets
from moderation.detectors.pii.places import places
from moderation.detectors.pii.spoken import is_counting, spoken_numbers
from moderation.detectors.pii.words import UNSPACED, languages, words_of


@given(st.text(max_size=80))
@settings(max_examples=60)
def test_each_character_of_a_layer_knows_its_place(text):
    layer = layer_of(text)
    assert len(layer.letters) == len(layer.where)
    assert all(0 <= start < end <= len(text) for start, end in layer.where)
    assert [start for start, _ in layer.where] == sorted(start for start, _ in layer.where)


def test_every_scripts_digits_are_digits():
    assert layer_of("٠١٢٣٤٥٦٧٨٩ ０１２ ①② 𝟛 ५").letters == "0123456789 012 12 3 5"


@pytest.mark.parametrize("language", languages())
def test_a_number_in_words_is_found_whole_in_every_language(language):
    chance = random.Random(language)
    words: dict[str, str] = {}
    for word, digit in words_of(language).digits.items():
        if len(digit) == 1:
            words.setdefault(digit, word)
    assert sorted(words) == list("0123456789")
    digits = "06" + "".join(chance.choices("0123456789", k=8))
    between = "" if language in UNSPACED else " "
    said = between.join(words[digit] for digit in digits)
    text = layer_of(f"abc: {said}! xyz").letters
    found = spoken_numbers(text, [language])
    assert [(text[start:end], value) for start, end, value in found] == [(layer_of(said).letters, digits)]


@pytest.mark.parametrize("language", [language for language in languages() if language not in UNSPACED])
def test_an_address_in_words_is_found_in_every_language(language):
    own = words_of(language)
    for at in own.at:
        for dot in own.dot:
            said = f"emma99 {at} gmail {dot} com"
            assert ("email", said) in {(hit.kind, said[hit.start : hit.end]) for hit in nets(said, (own,))}


@pytest.mark.parametrize("language", languages())
def test_ages_and_meeting_are_found_in_every_language(language):
    own = words_of(language)
    raw = [pattern.pattern for pattern in own.age]
    assert len(raw) >= 3
    samples = {"zh": "我9岁", "ja": "9歳です", "ko": "9살"}
    kinds = set()
    for cue in ("meet", "me", "live", "reach"):
        assert getattr(own, cue).pattern
    if language in samples:
        kinds = {hit.kind for hit in places(samples[language], samples[language], (own,))}
        assert kinds == {"age"}


@pytest.mark.parametrize(
    ("text", "regions", "cue", "weight"),
    [
        ("22 34 51 78", ("DK",), True, "sure"),
        ("22 34 51 78", ("DK",), False, "likely"),
        ("+45 22 34 51 78", (), False, "sure"),
        ("10 000 000", ("DK",), False, ""),
        ("10.12.2023", ("DE",), True, ""),
        ("2011-2012", ("DE",), False, ""),
        ("8560 8561 8563", ("DK",), False, ""),
        ("12345678", ("DE",), True, ""),
        ("12 34", ("DE",), False, ""),
        ("01.84.17.61.18", ("FR",), False, "likely"),
    ],
)
def test_what_is_dialled_and_what_is_counted(text, regions, cue, weight):
    assert phone_weight(text, regions, cue) == weight


@pytest.mark.parametrize("digits", ["12345678", "87654321", "10987654321", "5555555"])
def test_counting_is_nobodys_number(digits):
    assert is_counting(digits)


def test_luhn():
    assert luhn("4111111111111111")
    assert not luhn("4111111111111112")


HITS = st.lists(
    st.builds(
        lambda start, size, kind, weight: Hit(start, start + size, kind, weight),
        st.integers(0, 40),
        st.integers(1, 12),
        st.sampled_from(ORDER),
        st.sampled_from(["sure", "likely", "note"]),
    ),
    max_size=12,
)


@given(HITS)
@settings(max_examples=80)
def test_what_is_kept_lies_apart_and_in_order_and_covers_all_that_was_found(hits):
    kept = apart(hits)
    assert all(a.end <= b.start for a, b in itertools.pairwise(kept))
    assert all(any(hit.start < one.end and one.start < hit.end for one in kept) for hit in hits)
