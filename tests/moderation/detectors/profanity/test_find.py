"""Listed words are found through disguises, in the language that they belong to, and innocent words are left alone."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from moderation.detectors.profanity.disguises import DISGUISES, disguised, innocent_words, is_taken, strong_words
from moderation.detectors.profanity.find import find, languages_of
from moderation.detectors.profanity.lines import read_all
from moderation.detectors.profanity.words import LANGUAGES, lexicon, read_own


def _levels(text: str, language: str) -> set[str]:
    return {hit.entry.level for hit in find(text, languages_of(text, language))}


@pytest.mark.parametrize("disguise", DISGUISES)
def test_of_the_listed_words_nearly_all_are_found(disguise):
    tried = found = 0
    for language in LANGUAGES:
        for word in strong_words(language):
            if (written := disguised(word, disguise)) is not None:
                tried += 1
                found += is_taken(written, language)
    assert tried > 500
    assert found / tried >= 0.98


@pytest.mark.parametrize("disguise", DISGUISES)
def test_of_innocent_words_nearly_none_is_taken(disguise):
    tried = taken = 0
    for language in LANGUAGES:
        for word in innocent_words(language):
            if not is_taken(word, language) and (written := disguised(word, disguise)) is not None:
                tried += 1
                taken += is_taken(written, language)
    assert tried > 500
    assert taken / tried <= 0.006


@given(st.data())
@settings(deadline=None, max_examples=60)
def test_evidence_lies_where_the_word_was_written(data):
    language = data.draw(st.sampled_from(LANGUAGES))
    word = data.draw(st.sampled_from(strong_words(language)))
    disguise = data.draw(st.sampled_from(["plain", "dots", "spaces", "invisible", "marks"]))
    before = data.draw(st.sampled_from(["", "🏰 ", "my castle! "]))
    text = f"{before}{disguised(word, disguise)} ok"
    hits = find(text, languages_of(text, language))
    for hit in hits:
        assert 0 <= hit.start < hit.end <= len(text)
    letters = re.escape(disguised(word, disguise))
    place = re.search(letters, text)
    if any(hit.entry.level == "strong" for hit in hits):
        assert any(hit.start < place.end() and place.start() < hit.end for hit in hits)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("da", "Det er slut, fuld fart på røverbanden i fag"),
        ("sv", "Slut på farten, prick i fack"),
        ("de", "Der dicke Elefant, der Regenbogen und die Fichte"),
        ("en", "Scunthorpe, cockpit, Moby Dick, class, assassin, grass, shiitake, cucumber, Penistone, Sussex"),
        ("en", "Put a brick on it, push it, as is, it is hit"),
        ("es", "Este año uso conos, la computadora y el pollo"),
        ("fr", "Le contexte, un concombre et un bitume"),
        ("it", "La cultura, il tetto e la scopa"),
        ("nl", "Een hoera voor de regen, dikke prik"),
        ("pl", "Kurczak i kurtka, jajko na twardo"),
        ("pt", "O computador e a reputação"),
        ("ru", "Застрахуй корабль за сто рублей, хулиган употребляет хлеб"),
        ("uk", "Він закохується, порахуй шаблі на кораблі"),
        ("hu", "A szarvas szárnya és szarkaláb"),
        ("tr", "Sık sık geçiyor, kurbağa ve kurban"),
        ("fi", "Pullaa puutarhassa, Persian kissa, persilja"),
        ("ro", "Pornim spre pulover, violoncel și viitor; future"),
        ("hr", "Sto puta tim putem"),
        ("zh", "我在操场上做体操,妈妈的几把椅子,我操作机器人"),
        ("ja", "パチンコ、カフェラテ、シネマ"),
        ("ko", "새끼고양이와 쓰레기통"),
        ("bg", "Колелото има два педала"),
    ],
)
def test_words_that_only_look_rude_are_left_alone(language, text):
    assert not _levels(text, language) & {"strong", "rude"}


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "ƒυ¢к"),
        ("de", "du Hurensohn"),
        ("de", "so ein Arschgesicht"),
        ("da", "din luder"),
        ("da", "FUCK"),
        ("pl", "kurwa mać"),
        ("zh", "你这个傻逼"),
        ("ko", "시발놈아"),
        ("en", "xуй"),
        ("ru", "пи3да"),
        ("ru", "cyka blyat"),
        ("en", "fuck🇩🇰"),
        ("en-GB", "what an a$$h0le!"),
        ("", "you b1tch!!!"),
    ],
)
def test_rude_words_are_found(language, text):
    assert "strong" in _levels(text, language)


def test_a_word_counts_in_its_own_language_only():
    assert "strong" in _levels("slut", "en")
    assert not _levels("slut", "sv")
    assert not _levels("slut", "da")


def test_the_kind_lines_hold_no_rude_word_but_known_doubles():
    taken = [text for language, text, rude in read_all() if not rude and _levels(text, language) & {"strong", "rude"}]
    # Each of these names an animal by a word that is also a rude one: a person looks.
    assert [text for text in taken if not re.search("tits|good ass|polla de agua|chatte", text)] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_list_reads_well(language):
    entries = list(read_own(language))
    assert {"strong", "mild"} <= {entry.level for entry in entries}
    assert sum(entry.level == "strong" for entry in entries) >= 30
    patterns = [(entry.pattern, entry.level == "allow") for entry in entries]
    assert sorted({pattern for pattern in patterns if patterns.count(pattern) > 1}) == []
    assert lexicon(language).rude.whole or lexicon(language).rude.inside
