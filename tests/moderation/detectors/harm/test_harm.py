"""Threats, need and lures are found in every language, through disguises, and play is left alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderation.detectors.base import Text
from moderation.detectors.harm.detector import Harm
from moderation.detectors.harm.find import find
from moderation.detectors.harm.phrases import KINDS, languages, phrases_of
from moderation.detectors.profanity.lines import read
from moderation.detectors.profanity.words import LANGUAGES

HARM = Harm()
FOUND = [
    ("da", "jeg slår dig ihjel efter skole", "threat"), ("de", "Ich bring dich um!", "threat"),
    ("en", "I will kill you", "threat"), ("es", "te voy a matar", "threat"), ("fr", "je vais te tuer", "threat"),
    ("it", "ti ammazzo", "threat"), ("nl", "ik maak je dood", "threat"), ("pl", "zabiję cię", "threat"),
    ("pt", "vou te matar", "threat"), ("sv", "jag ska döda dig", "threat"), ("nb", "jeg skal drepe deg", "threat"),
    ("fi", "tapan sinut", "threat"), ("cs", "zabiju tě", "threat"), ("hu", "megöllek", "threat"),
    ("ro", "te omor", "threat"), ("el", "θα σε σκοτώσω", "threat"), ("tr", "seni öldüreceğim", "threat"),
    ("uk", "я тебе вб'ю", "threat"), ("ru", "я тебя убью", "threat"), ("bg", "ще те убия", "threat"),
    ("hr", "ubit ću te", "threat"), ("sk", "zabijem ťa", "threat"), ("sl", "ubil te bom", "threat"),
    ("zh", "我要杀了你", "threat"), ("ja", "お前を殺す", "threat"), ("ko", "널 죽일 거야", "threat"),
    ("da", "jeg vil ikke leve mere", "self_harm"), ("de", "ich will nicht mehr leben", "self_harm"),
    ("en", "i dont want to live anymore", "self_harm"), ("es", "me quiero morir", "self_harm"),
    ("fr", "j'ai envie de mourir", "self_harm"), ("it", "voglio morire", "self_harm"),
    ("nl", "ik wil dood", "self_harm"), ("pl", "nie chcę żyć", "self_harm"), ("pt", "quero morrer", "self_harm"),
    ("sv", "jag vill dö", "self_harm"), ("nb", "jeg vil ikke leve", "self_harm"), ("fi", "haluan kuolla", "self_harm"),
    ("cs", "chci umřít", "self_harm"), ("hu", "meg akarok halni", "self_harm"), ("ro", "vreau să mor", "self_harm"),
    ("el", "θέλω να πεθάνω", "self_harm"), ("tr", "ölmek istiyorum", "self_harm"), ("uk", "хочу померти", "self_harm"),
    ("ru", "не хочу жить", "self_harm"), ("bg", "искам да умра", "self_harm"), ("hr", "želim umrijeti", "self_harm"),
    ("sk", "chcem zomrieť", "self_harm"), ("sl", "hočem umreti", "self_harm"), ("zh", "我不想活了", "self_harm"),
    ("ja", "もう死にたい", "self_harm"), ("ko", "죽고 싶어요", "self_harm"),
    ("en", "how old are you? don't tell your mum", "grooming"),
    ("da", "hvor bor du? det er vores hemmelighed", "grooming"),
    ("de", "schick mir ein Foto von dir", "grooming"), ("fr", "envoie-moi une photo de toi", "grooming"),
    ("es", "mándame una foto tuya", "grooming"), ("pl", "nie mów rodzicom", "grooming"),
    ("tr", "annene söyleme", "grooming"), ("ru", "никому не говори", "grooming"), ("ja", "親には内緒だよ", "grooming"),
    ("ko", "엄마한테 말하지 마", "grooming"), ("zh", "别告诉你妈妈", "grooming"), ("sv", "var bor du", "grooming"),
]  # fmt: skip
PLAY = [
    ("en", "Kill the dragon and save the king"), ("en", "My secret base has a hidden door"), ("en", "I am dead tired"),
    ("en", "How old is this castle?"), ("en", "The skeleton army attacks at night"), ("en", "Guess how old I am"),
    ("en", "I would die for this set"), ("en", "The vampire sleeps in his coffin"), ("en", "Suicide Squad minifigures"),
    ("de", "Der Ritter tötet den Drachen"), ("de", "Mein geheimes Versteck"), ("de", "Ich bin todmüde"),
    ("da", "Ridderen dræber dragen"), ("da", "Slå dig ned i min hytte"), ("da", "Hvor gammel er borgen?"),
    ("sv", "Slå dig ner vid elden"), ("fr", "Le chevalier tue le dragon"), ("fr", "Ma base secrète"),
    ("es", "El caballero mata al dragón"),
    ("it", "La base segreta dei pirati"), ("nl", "Pak je koffer, we gaan op reis"),
    ("pl", "Rycerz zabija smoka"), ("ru", "Рыцарь убивает дракона"), ("ja", "ひみつきちを作ったよ"),
    ("ko", "기사가 용을 물리쳐요"), ("zh", "骑士打败了龙"), ("fi", "Ritari tappaa lohikäärmeen"),
]  # fmt: skip


def look(text: str, language: str):
    return HARM.look_many([Text(text, language)])[0]


def test_every_language_has_phrases_of_every_kind():
    assert set(languages()) == set(LANGUAGES)
    for language in languages():
        assert set(phrases_of(language).of) == set(KINDS)


@pytest.mark.parametrize(("language", "text", "reason"), FOUND)
def test_it_is_found_and_goes_to_a_person(language, text, reason):
    found = look(text, language)
    assert (found.verdict, found.reason) == ("flag", reason)
    assert all(text[span.start : span.end].strip() for span in found.evidence)
    assert look(text.upper(), language).reason == reason or language in {"tr"}


@pytest.mark.parametrize(("language", "text"), PLAY)
def test_play_passes(language, text):
    assert look(text, language).verdict == "pass"


@pytest.mark.parametrize("language", LANGUAGES)
def test_kind_lines_pass(language):
    assert [text for text, rude in read(language) if not rude and look(text, language).verdict != "pass"] == []


@pytest.mark.parametrize(
    "text", ["I will k1ll y0u", "k i l l yourself", "ｋｉｌｌ ｙｏｕ", "I'll k\u200bill you", "kіll you"]
)
def test_disguises_are_undone(text):
    found = look(text, "en")
    assert found.reason == "threat"
    assert all(0 <= span.start < span.end <= len(text) for span in found.evidence)


def test_evidence_is_the_place_as_it_was_written():
    text = "Hi! How OLD are you?  Don't tell your mum."
    assert [text[hit.start : hit.end] for hit in find(text, ("en",))] == ["How OLD are you", "Don't tell your mum"]


def test_one_question_among_children_passes_and_two_kinds_do_not():
    assert look("how old are you?", "en").verdict == "pass"
    assert look("do you have discord?", "en").verdict == "pass"
    assert look("how old are you? do you have discord?", "en").reason == "grooming"


def test_need_comes_before_all_else():
    assert look("I will kill you, don't tell your mum, I want to die", "en").reason == "self_harm"


@given(st.text(max_size=80), st.sampled_from([*LANGUAGES, "", "xx"]))
def test_any_text_is_looked_at_and_evidence_lies_within_it(text, language):
    found = look(text, language)
    assert found.verdict in {"pass", "flag"}
    assert all(0 <= span.start < span.end <= len(text) for span in found.evidence)
