"""Sentences in other languages than the declared one are noticed; short ones are not guessed at."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderation.detectors.base import Text
from moderation.detectors.harm.detector import Harm
from moderation.detectors.language import FEWEST, languages_in


@pytest.mark.parametrize(
    ("text", "declared", "other"),
    [
        ("Jeg har bygget en borg. Ich habe eine Burg mit einem geheimen Turm gebaut.", "da", "de"),
        ("My brother helped me a lot. Mi hermano y yo hemos construido este castillo juntos.", "en", "es"),
        ("Ik heb een huis gebouwd! Dziś zbudowałem duży zamek z moim bratem i siostrą.", "nl", "pl"),
    ],
)
def test_mixed_text_is_read_by_sentence(text, declared, other):
    assert languages_in(text, (declared,)) == (declared, other)


def test_short_text_is_what_was_declared():
    assert languages_in("Mein Haus!", ("da",)) == ("da",)
    assert languages_in("Castle", ("fi",)) == ("fi",)


def test_near_neighbours_are_not_told_apart():
    assert languages_in("Jeg har bygget en stor borg med min bror i dag.", ("nb",)) == ("nb",)


def test_a_threat_in_another_language_than_the_declared_one_is_found():
    text = "Mit tog er rødt. Wenn du morgen in die Schule kommst, bringe ich dich um, dann bring ich dich um."
    (found,) = Harm().look_many([Text(text, "da")])
    assert found.reason == "threat"


@given(st.text(max_size=200))
def test_any_text_keeps_what_was_known_first(text):
    assert languages_in(text, ("da", "ja"))[:2] == ("da", "ja")


@given(st.text(max_size=FEWEST // 3 - 1))
def test_nothing_is_made_of_few_letters(text):
    assert languages_in(text, ("en",)) == ("en",)
