"""A person corrects a theme: the draft speaks of it, it can be said otherwise, and then it is learned from, once."""

import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from engagement.characters import actions
from engagement.characters.models import Character, Draft
from engagement.creations.models import Creation
from engagement.daily import teaching
from engagement.daily.correcting import CannotCorrect, correct
from engagement.daily.models import CreationTheme, ThemeCorrection
from featurestore.models import Feature, Label

pytestmark = pytest.mark.django_db


@pytest.fixture
def themed(calling_app):
    """A creation taken for City, and its draft that speaks of it."""
    creation = Creation.objects.create(
        app=calling_app, external_id=uuid.uuid4().hex, market="DK", language="da", author="mo", title="Skurken"
    )
    CreationTheme.objects.create(creation=creation, slug="city", name="City", chance=0.7, version="text 1")
    bo = Character.objects.get(slug="bo")
    text, tried = actions.written(creation, bo, "City")
    Draft.objects.create(creation=creation, character=bo, language="da", theme="city", text=text, tried=tried)
    return creation


def test_the_draft_speaks_of_what_a_person_says(themed, moderator):
    assert "City" in Draft.objects.get().text
    correct(moderator, themed, "ninjago")
    draft, row = Draft.objects.get(), CreationTheme.objects.get()
    assert (row.slug, row.name, row.version, row.chance) == ("ninjago", "Ninjago", "a person", 1.0)
    assert draft.theme == "ninjago"
    assert "City" not in draft.text
    assert "Ninjago" in draft.text
    said = ThemeCorrection.objects.get()
    assert (said.guessed, said.said, said.chance, said.version) == ("city", "ninjago", 0.7, "text 1")


def test_it_can_be_said_otherwise_and_taken_back(themed, moderator, second_moderator):
    correct(moderator, themed, "ninjago")
    correct(second_moderator, themed, "")
    assert (ThemeCorrection.objects.get().said, Draft.objects.get().theme) == ("", "")
    assert correct(moderator, themed, "city") is None
    row = CreationTheme.objects.get()
    assert (row.slug, row.chance, row.version) == ("city", 0.7, "text 1")
    assert not ThemeCorrection.objects.exists()


def test_own_words_stay(themed, moderator):
    actions.edit(moderator, Draft.objects.get(), "Flot skurk!")
    correct(moderator, themed, "ninjago")
    assert (Draft.objects.get().text, Draft.objects.get().theme) == ("Flot skurk!", "ninjago")


def test_what_cannot_be_said(themed, moderator, calling_app):
    for slug in ("everyday", "no-such-theme"):
        with pytest.raises(CannotCorrect):
            correct(moderator, themed, slug)
    new = Creation.objects.create(app=calling_app, external_id="new", market="DK", language="da", author="mo")
    with pytest.raises(CannotCorrect, match="Nothing was guessed"):
        correct(moderator, new, "city")


def test_on_the_page_it_is_the_tile_that_comes_back(themed, moderator, logged_in):
    draft = Draft.objects.get()
    client = logged_in(moderator)
    data = {f"theme-{draft.id}": "ninjago", f"was-{draft.id}": draft.text, f"text-{draft.id}": "Mine egne ord"}
    html = client.post(f"/daily/theme/{draft.id}/", data, headers={"HX-Request": "true"}).content.decode()
    assert "Mine egne ord" in html  # what somebody is about to write is not lost
    assert '<option value="ninjago" selected>' in html
    draft.refresh_from_db()
    assert draft.theme == "ninjago"
    answer = client.post(f"/daily/theme/{draft.id}/", {f"theme-{draft.id}": "everyday"}, follow=True)
    assert "There is no such theme." in answer.content.decode()


@pytest.mark.models
def test_it_is_learned_from_once_when_it_is_settled(themed, models, moderator):
    row = correct(moderator, themed, "ninjago")
    assert teaching.due() == []
    later = timezone.now() + timedelta(hours=1)
    assert teaching.due(later) == [row.id]
    assert teaching.teach(row.id) == 1
    assert teaching.teach(row.id) == 0
    assert teaching.due(later) == []
    label = Label.objects.get()
    assert (label.task, label.value, label.source, label.labeller) == ("theme", "ninjago", "labelling", "moderator")
    assert Feature.objects.get().market == "DK"
    with pytest.raises(CannotCorrect, match="learned from already"):
        correct(moderator, themed, "city")
