"""What a person does about a card, by action and by page."""

import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from brickmod.access.models import AuditEvent, Verb
from engagement.cleaning.models import CleaningRound, ThemeAnswer
from engagement.daily.correcting import correct
from engagement.daily.models import CreationTheme, ThemeCorrection
from engagement.novelty import actions
from engagement.novelty.models import Card, CardState
from engagement.novelty.teaching import teach
from engagement.themes.models import Standing, Theme

pytestmark = pytest.mark.django_db


@pytest.fixture
def card(searched):
    return Card.objects.get()


def ids(card, n=30):
    return [row.id for row in card.shown(n)]


def test_a_name_makes_a_theme_with_words_and_first_labels(card, moderator):
    theme = actions.name_card(moderator, card, "  Glow   fish ", ids(card)[1:])
    assert (theme.slug, theme.name, theme.standing) == ("glow-fish", "Glow fish", Standing.LIVE)
    assert "glowfish" in theme.keywords["en"]
    assert ThemeCorrection.objects.filter(said="glow-fish", by=moderator).count() == 29
    assert CreationTheme.objects.get(creation=card.shown(1)[0]).slug == ""  # it was unchecked
    card.refresh_from_db()
    assert (card.state, card.theme, card.decided_by) == (CardState.NAMED, theme, moderator)
    event = AuditEvent.objects.filter(verb=Verb.DECIDE, kind="card").get()
    assert (event.user, event.new["theme"], event.new["labels"]) == (moderator, "glow-fish", 29)


def test_a_name_that_is_taken_or_empty_changes_nothing(card, moderator):
    themes = Theme.objects.count()
    for name in ("City", "", "!!!"):
        with pytest.raises(actions.CannotDo):
            actions.name_card(moderator, card, name, ids(card))
    with pytest.raises(actions.CannotDo, match="at least one"):
        actions.name_card(moderator, card, "Glowfish", [uuid.uuid4()])
    card.refresh_from_db()
    assert card.state == CardState.OPEN
    assert Theme.objects.count() == themes
    assert not ThemeCorrection.objects.exists()


def test_merging_labels_and_makes_no_theme(card, moderator):
    themes = Theme.objects.count()
    actions.merge_card(moderator, card, Theme.objects.get(slug="disney"), ids(card))
    assert Theme.objects.count() == themes
    assert CreationTheme.objects.filter(slug="disney").count() == 30
    assert not Card.objects.open().exists()


def test_a_retired_theme_takes_no_card(card, moderator):
    from engagement.themes.actions import retire_theme

    theme = Theme.objects.get(slug="disney")
    retire_theme(moderator, theme)
    with pytest.raises(actions.CannotDo, match="no more"):
        actions.merge_card(moderator, card, theme, ids(card))


@pytest.mark.parametrize("what", ["name", "merge", "wave"])
def test_undo_leaves_no_trace_but_the_trail(card, moderator, what):
    before = list(CreationTheme.objects.order_by("id").values_list("slug", "chance"))
    if what == "name":
        actions.name_card(moderator, card, "Glowfish", ids(card))
    elif what == "merge":
        actions.merge_card(moderator, card, Theme.objects.get(slug="disney"), ids(card))
    else:
        actions.wave_off(moderator, card)
    assert actions.undo(moderator, card) == 0
    assert list(CreationTheme.objects.order_by("id").values_list("slug", "chance")) == before
    assert not ThemeCorrection.objects.exists()
    assert Card.objects.open().get().decided_by is None
    assert not Theme.objects.live().filter(slug="glowfish").exists()
    assert AuditEvent.objects.filter(verb=Verb.UNDO, kind="card").count() == 1


def test_what_was_taken_back_can_be_named_again(card, moderator):
    actions.name_card(moderator, card, "Glowfish", ids(card))
    actions.undo(moderator, card)
    card.refresh_from_db()
    assert actions.name_card(moderator, card, "Glowfish", ids(card)).standing == Standing.LIVE


def test_undo_is_for_who_decided_and_not_for_ever(card, moderator, second_moderator):
    actions.wave_off(moderator, card)
    with pytest.raises(actions.CannotDo):
        actions.undo(second_moderator, card)
    with pytest.raises(actions.CannotDo, match="too late"):
        actions.undo(moderator, card, timezone.now() + timedelta(hours=1))
    assert actions.undoable(second_moderator) is None
    assert actions.undoable(moderator) == card


def test_of_two_people_one_decides(card, moderator, second_moderator):
    actions.wave_off(moderator, card)
    with pytest.raises(actions.CannotDo, match="first"):
        actions.name_card(second_moderator, card, "Glowfish", ids(card))


def test_the_page_shows_cards_with_parents_growth_and_words(card, moderator, logged_in):
    card.parents = ["city", "space"]
    card.save()
    page = logged_in(moderator).get("/new/").content.decode()
    assert "Half City, half Space" in page
    assert "glowfish" in page
    assert "Grows:" in page
    assert page.count('name="fits"') == 30
    assert page.count("<rect") >= 4


def test_by_the_page_alone_without_scripts(card, moderator, logged_in):
    client = logged_in(moderator)
    sent = {"wanted": "name", "name": "Glowfish", "fits": [str(one) for one in ids(card)] + ["nonsense"]}
    assert "Glowfish is a theme now" in client.post(f"/new/{card.pk}/", sent, follow=True).content.decode()
    assert "Taken back" in client.post(f"/new/undo/{card.pk}/", follow=True).content.decode()
    answer = client.post(f"/new/{card.pk}/", {"wanted": "merge", "theme": ""}, follow=True)
    assert "Choose a theme" in answer.content.decode()
    client.post(f"/new/{card.pk}/", {"wanted": "wave"})
    assert "Nothing new waits" in client.get("/new/").content.decode()
    assert "waved off" in client.get("/new/history/").content.decode()


def test_what_was_named_is_taught_once_and_a_round_of_training_asked_for(card, moderator):
    actions.name_card(moderator, card, "Glowfish", ids(card))
    first = card.shown(1)[0]
    correct(moderator, first, "city")  # somebody thought again
    assert teach() == 0  # it can still be taken back
    later = timezone.now() + timedelta(minutes=40)
    CleaningRound.objects.create(by=moderator)
    assert teach(later) == 0  # a round is under way; it waits
    CleaningRound.objects.all().delete()
    assert teach(later) == 1
    assert ThemeAnswer.objects.filter(slug="glowfish", by=moderator).count() == 29
    assert CleaningRound.objects.count() == 1
    assert teach(later) == 0


def test_who_may_not_approve_comments_decides_nothing(card, ml_engineer, logged_in):
    assert logged_in(ml_engineer).post(f"/new/{card.pk}/", {"wanted": "wave"}).status_code == 403
    card.refresh_from_db()
    assert card.state == CardState.OPEN
