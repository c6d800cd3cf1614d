"""Whose language a page speaks, and that the catalogues say all that the sources ask for."""

import json
import re

import pytest
from django.urls import reverse
from django.utils import translation

from brickmod.web import catalogues
from brickmod.web.tongues import inside
from tests import submissions

HOLES = re.compile(r"%\(\w+\)[sd]|%%|</?[a-z]+")
BOTH = [(language, domain) for language in catalogues.LANGUAGES for domain in ("django", "djangojs")]


def forms(text):
    return list(text) if isinstance(text, (tuple, list)) else [text]


@pytest.fixture(scope="module")
def asked():
    """What the sources ask to be translated."""
    return {domain: catalogues.template_of(domain) for domain in ("django", "djangojs")}


@pytest.mark.parametrize(("language", "domain"), BOTH)
def test_every_sentence_of_the_sources_has_a_translation(asked, language, domain):
    """A new sentence fails here until `make messages` was run and the empty places it left are filled."""
    kept = catalogues.kept(language, domain)
    missing = []
    for message in asked[domain]:
        if not message.id:
            continue
        found = kept.get(forms(message.id)[0], message.context)
        if found is None or forms(found.id) != forms(message.id) or not all(forms(found.string)) or found.fuzzy:
            missing.append(forms(message.id)[0])
    assert not missing, f"{len(missing)} without a translation into {language}: run `make messages`, then fill them in"


@pytest.mark.parametrize(("language", "domain"), BOTH)
def test_translations_have_the_same_holes(language, domain):
    wrong = []
    for message in catalogues.kept(language, domain):
        if not message.id or isinstance(message.id, str):
            pairs = [(message.id, message.string)] if message.id else []
        else:
            pairs = list(zip(message.id, message.string, strict=True))
        wrong += [said for id, said in pairs if sorted(HOLES.findall(id)) != sorted(HOLES.findall(said))]
    assert not wrong


@pytest.mark.parametrize(("language", "domain"), BOTH)
def test_what_django_reads_is_compiled_from_what_people_write(language, domain):
    compiled = catalogues.path_of(language, domain).with_suffix(".mo").read_bytes()
    assert compiled == catalogues.compiled(catalogues.kept(language, domain)), "run `make messages`"


def test_a_sentence_that_nobody_translated_is_found(asked):
    """The check above can fail."""
    kept = catalogues.kept("da", "django")
    assert kept.get("A sentence that no source has") is None
    assert len(asked["django"]) > 500


@pytest.mark.django_db
class TestWhoseLanguage:
    def test_the_browsers_until_a_person_chooses(self, logged_in, moderator):
        client = logged_in(moderator)
        page = client.get("/desk/", HTTP_ACCEPT_LANGUAGE="da")
        assert page["Content-Language"] == "da"
        assert 'lang="da"' in page.content.decode()
        answer = client.post("/language/", {"language": "de", "next": "/desk/"}, HTTP_ACCEPT_LANGUAGE="da")
        assert answer["Location"] == "/desk/"
        moderator.refresh_from_db()
        assert moderator.language == "de"
        assert client.get("/desk/", HTTP_ACCEPT_LANGUAGE="da")["Content-Language"] == "de"
        client.post("/language/", {"language": ""})
        assert client.get("/desk/", HTTP_ACCEPT_LANGUAGE="da")["Content-Language"] == "da"

    def test_of_a_browser_before_the_login(self, client):
        client.post("/language/", {"language": "es", "next": "/login/"})
        assert "Iniciar sesión" in client.get("/login/").content.decode()

    def test_a_language_that_there_is_not_is_refused(self, client):
        assert client.post("/language/", {"language": "xx"}).status_code == 400

    def test_it_leads_nowhere_else(self, client):
        assert client.post("/language/", {"language": "da", "next": "https://example.org/"})["Location"] == "/"

    def test_machines_are_answered_in_english(self, client):
        answer = client.get("/api/v1/nowhere/", HTTP_ACCEPT_LANGUAGE="de")
        assert "nothing under this address" in answer.json()["detail"]
        assert "Accept-Language" not in answer.get("Vary", "")

    @pytest.mark.parametrize("language", catalogues.LANGUAGES)
    def test_the_scripts_sentences(self, client, language):
        answer = client.get(reverse("words", args=[language, "0"]))
        assert answer["Content-Type"].startswith("text/javascript")
        said = catalogues.kept(language, "djangojs").get("Try now").string
        assert said
        assert json.dumps(said) in answer.content.decode()
        assert len(answer.content) < 20_000


SENTENCE = re.compile(r">([^<>{}]*[A-Za-z]{3}[^<>{}]*)<")


@pytest.mark.django_db
@pytest.mark.parametrize("language", catalogues.LANGUAGES)
def test_no_english_is_left_on_the_desk(logged_in, moderator, calling_app, language):
    """Every piece of text of the page that the catalogue knows in English must not be there."""
    submissions.waiting(
        calling_app,
        title="Bau",
        text="0 1 2",
        pictures=2,
        found=[("image:0", "face", "flag", "face", []), ("title", "profanity", "reject", "rude", [])],
    )
    page = logged_in(moderator).get("/desk/", HTTP_ACCEPT_LANGUAGE=language).content.decode()
    english = {
        message.id: message.string
        for message in catalogues.kept(language, "django")
        if isinstance(message.id, str) and message.id and message.id != message.string and " " in message.id
    }
    page = re.sub(r"<(script|style|svg)\b.*?</\1>", "", page, flags=re.S)
    shown = {" ".join(text.split()) for text in SENTENCE.findall(page)}
    shown |= set(re.findall(r'(?:aria-label|title|placeholder|alt)="([^"]+)"', page))
    assert len(shown) > 40
    assert not [text for text in shown if text in english]


def test_nouns_keep_their_capitals_in_german():
    with translation.override("de"):
        assert inside("Gesicht") == "Gesicht"
    with translation.override("da"):
        assert inside("Ansigt") == "ansigt"


def test_plurals():
    with translation.override("es"):
        assert translation.ngettext("%(n)d picture", "%(n)d pictures", 2) % {"n": 2} == "2 imágenes"
