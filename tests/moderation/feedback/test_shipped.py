"""The shipped texts, each by itself: complete, short, kind, and with no place for a word of the child's."""

import re
import tomllib
from collections import Counter

import pytest

from moderation.feedback import shipped
from tests.moderation.feedback.words import BLAME, JARGON, UGLY

LANGUAGES = [
    "da", "de", "en", "es", "fr", "it", "nl", "pl", "pt", "sv", "nb", "fi", "cs",
    "hu", "ro", "el", "tr", "uk", "ru", "bg", "hr", "sk", "sl", "zh", "ja", "ko",
]  # fmt: skip
CODES = [
    "face", "personal_data", "rude", "nudity", "bad_picture",
    "not_a_build", "violence", "advert", "self_harm", "other",
    "threat", "insult", "sexual", "slur", "grooming",
]  # fmt: skip
COMPACT = {"zh", "zh-Hant", "ja", "ko"}  # a character says what a word says elsewhere
SUBJECTS = [*CODES, *shipped.OCCASIONS]

every_language = pytest.mark.parametrize("language", shipped.languages())


def text_of(subject: str, language: str) -> str:
    return shipped.texts()[subject, language].text


def sentences(text: str) -> list[str]:
    return [part for part in re.split(r"(?<=[.!?。！？])\s*", text) if part]


def test_the_first_ten_reasons_have_the_ten_keys():
    assert [why.code for why in shipped.reasons()] == CODES
    assert [why.key for why in shipped.reasons()] == [*"1234567890", *[""] * 5]


def test_reasons_explain_what_falls_under_them_and_what_does_not():
    for why in shipped.reasons():
        assert why.title
        assert "Not this:" in why.explains, why.code
        assert len(why.explains) > 100, why.code


def test_a_child_in_need_comes_first_and_is_not_told_of_anything_else():
    most = max(shipped.reasons(), key=lambda why: why.severity)
    assert most.code == "self_harm"
    assert [why.code for why in shipped.reasons() if why.alone] == ["self_harm"]
    assert len({why.severity for why in shipped.reasons()}) == len(CODES), "which goes first must be clear"


def test_every_promised_language_is_there():
    assert set(LANGUAGES) <= set(shipped.languages())


@every_language
def test_a_language_has_a_text_for_every_reason_and_occasion_and_nothing_else(language):
    with (shipped.SEED / "texts" / f"{language}.toml").open("rb") as file:
        rows = tomllib.load(file)
    assert list(rows) == [*CODES, *shipped.OCCASIONS]
    assert all(set(row) <= {"title", "text"} for row in rows.values())


@every_language
def test_texts_are_short_and_whole(language):
    for subject in SUBJECTS:
        text = text_of(subject, language)
        assert text == text.strip()
        assert text[-1] in ".!?。！？"
        if subject == shipped.BETWEEN:
            assert len(text) <= 30
        elif subject == shipped.APPROVED:
            assert len(sentences(text)) == 2
        else:
            least, most = (30, 120) if language in COMPACT else (80, 230)
            assert (least if subject != shipped.GENERAL else least // 2) <= len(text) <= most, text
            assert 2 <= len(sentences(text)) <= 3, text
            assert max(len(sentence.split()) for sentence in sentences(text)) <= 24, text


@every_language
def test_a_title_is_a_word_or_two(language):
    for subject in SUBJECTS:
        title = shipped.texts()[subject, language].title
        assert bool(title) == (subject in CODES)
        assert len(title) <= 30
        assert not title.endswith(".")


@every_language
def test_no_text_has_a_slot_in_which_a_bad_word_could_come_back(language):
    for subject in SUBJECTS:
        for text in shipped.texts()[subject, language]:
            assert not re.search(r"[{}<>%$\[\]_@#|\\]|\.\.\.|…|\bXXX\b|TODO|lorem", text)
            assert not re.search(r"\d", text)


@every_language
def test_no_text_blames_anybody_or_speaks_jargon(language):
    base = language.partition("-")[0]
    stems = (*BLAME[base], *JARGON["*"], *JARGON.get(base, ()), *UGLY[base])
    # At the beginning of a word where words are spaced, so that "regel" does not find "aftenregel".
    any_of = "|".join(map(re.escape, stems))
    pattern = re.compile(any_of if language in COMPACT else rf"(?<!\w)(?:{any_of})")
    for subject in SUBJECTS:
        for text in shipped.texts()[subject, language]:
            found = pattern.search(text.casefold())
            assert not found, f"{found.group()!r} in {text!r}" if found else ""


@every_language
def test_texts_and_titles_differ_between_reasons(language):
    for field in ("title", "text"):
        told = Counter(getattr(shipped.texts()[code, language], field) for code in CODES)
        assert set(told.values()) == {1}, told.most_common(1)
    first = Counter(sentences(text_of(code, language))[0] for code in (*CODES, shipped.GENERAL))
    assert set(first.values()) == {1}


@pytest.mark.parametrize("code", CODES)
def test_texts_differ_between_languages(code):
    told = Counter(text_of(code, language) for language in shipped.languages())
    assert set(told.values()) == {1}


@every_language
def test_a_child_in_need_is_thanked_and_not_turned_away(language):
    text = text_of("self_harm", language)
    asked_again = sentences(text_of("rude", language))[-1]
    assert asked_again not in text
    # The grown-up whom one trusts, in the same words as where a child may have seen something that hurts.
    trust = {
        "bg": "имаш доверие", "cs": "kterému věříš", "da": "du stoler på", "de": "der du vertraust",
        "el": "εμπιστεύεσαι", "en": "grown-up you trust", "es": "adulta de confianza", "fi": "johon luotat",
        "fr": "tu as confiance", "hr": "kojoj vjeruješ", "hu": "akiben megbízol", "it": "di cui ti fidi",
        "ja": "しんらいできる大人", "ko": "믿을 수 있는 어른", "nb": "du stoler på", "nl": "die je vertrouwt",
        "pl": "której ufasz", "pt": "em quem confias", "pt-BR": "em quem você confia", "ro": "în care ai încredere",
        "ru": "которому доверяешь", "sk": "ktorému dôveruješ", "sl": "ki ji zaupaš", "sv": "du litar på",
        "tr": "güvendiğin", "uk": "якій довіряєш", "zh": "你信任的大人", "zh-Hant": "你信任的大人",
    }  # fmt: skip
    assert trust[language] in text
    assert trust[language] in text_of("nudity", language)
