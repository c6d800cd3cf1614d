"""Comments are put together out of sentences that fit beside any other, in every language."""

import string

import pytest

from engagement.characters.checking import LONGEST, check
from engagement.characters.phrases import languages, phrases
from engagement.characters.writing import Wish, self_bleu, write, write_new

VOICES = ("cheerful", "curious", "calm")


@pytest.mark.parametrize("language", languages())
def test_every_text_of_a_language_may_be_said(language):
    """All lines, each at least once, with and without a theme, pass the check that people's texts pass."""
    own = phrases(language)
    for voice in VOICES:
        for n in range(12):
            for theme, built in (("Ninjago", 3), ("", 0), ("", 30), ("", 3)):
                text = write(Wish(f"c{n}", "bo", voice, language, theme, built))
                assert check(text, language) == []
                assert "{" not in text
    lines = [*own.cheerful, *own.curious, *own.calm, *own.praise, *own.theme, *own.first, *own.many, *own.close]
    assert len(lines) == len(set(lines))
    assert all(check(line.replace("{theme}", "City"), language) == [] for line in lines)
    assert all(line.endswith((".", "!", "！", "。")) and not line.endswith("..") for line in lines)
    longest = max(map(len, own.praise)) + max(map(len, own.theme)) + max(map(len, own.close)) + 100
    assert longest < LONGEST


@pytest.mark.parametrize("language", languages())
def test_every_language_has_enough_to_say(language):
    own = phrases(language)
    for kind in VOICES:
        assert len(getattr(own, kind)) >= 4
    assert len(own.praise) >= 10
    assert len(own.close) >= 5
    assert all("{theme}" in line for line in own.theme)
    assert [field for _, field, _, _ in string.Formatter().parse("".join(own.theme)) if field] == ["theme"] * len(
        own.theme
    )
    assert set(own.never) == {"asks", "promises", "sells"}
    assert all(len(words) >= 5 and all(word == word.lower() for word in words) for words in own.never.values())


def test_a_language_that_nobody_wrote_is_english():
    assert phrases("cy").language == "en"
    assert phrases("no").language == phrases("nn-NO").language
    assert phrases("pt-BR").language == phrases("pt").language


def test_thirty_days_to_one_author_are_never_alike():
    said: list[str] = []
    for n in range(30):
        text, _ = write_new(Wish(f"c{n}", "bo", VOICES[n % 3], "en", "City" if n % 2 else "", n), said)
        assert text not in said
        said.append(text)
    assert self_bleu(said) < self_bleu([said[0]] * 30) == pytest.approx(1.0)


def test_another_try_is_another_text():
    wish = Wish("c", "bo", "calm", "en")
    assert write(wish) == write(wish)
    assert len({write(wish, n) for n in range(1, 30)}) > 20


def test_a_name_with_braces_stays_as_it_is():
    assert "{theme}s" in write(Wish("c", "bo", "calm", "en", "{theme}s"))
