"""A second engager: drawn by chance, blind, never one's own; what two differ about is settled by a third."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from engagement.characters import actions, second_look
from engagement.characters.models import Opinion, SecondLook
from engagement.characters.refusals import Gone

pytestmark = pytest.mark.django_db


@pytest.fixture
def all_drawn(settings):
    settings.SECOND_LOOK_PERCENT = 100
    settings.UNDO_SECONDS = 10


@pytest.fixture
def decided(all_drawn, draft, moderator):
    """decided("say"): a draft that mia decided on a minute ago."""

    def decided(first: str = "say"):
        row = draft()
        then = timezone.now() - timedelta(minutes=1)
        if first == "say":
            return actions.approve(moderator, row, row.text, now=then)
        return actions.drop(moderator, row, now=then)

    return decided


def test_the_share_that_is_drawn_is_the_setting(settings, draft, moderator):
    settings.SECOND_LOOK_PERCENT = 20
    for _ in range(150):
        actions.drop(moderator, draft())
    assert 12 <= SecondLook.objects.count() <= 50  # 30 expected; five deviations to either side
    settings.SECOND_LOOK_PERCENT = 0
    before = SecondLook.objects.count()
    for _ in range(20):
        actions.drop(moderator, draft())
    assert SecondLook.objects.count() == before


def test_it_waits_until_the_first_can_take_nothing_back(all_drawn, draft, moderator, second_moderator):
    row = draft()
    actions.approve(moderator, row, row.text)
    assert not second_look.waiting_for(second_moderator).exists()
    assert second_look.waiting_for(second_moderator, timezone.now() + timedelta(seconds=11)).exists()
    actions.undo(moderator, row)
    assert not SecondLook.objects.exists()


def test_nobody_looks_at_their_own_and_everybody_once(decided, moderator, second_moderator, lead):
    row = decided()
    assert not second_look.waiting_for(moderator).exists()
    with pytest.raises(Gone):
        second_look.look(moderator, row.id, Opinion.SAY)
    second_look.look(second_moderator, row.id, Opinion.DROP, " too   loud ")
    assert SecondLook.objects.get().why == "too loud"
    with pytest.raises(Gone):
        second_look.look(lead, row.id, Opinion.SAY)


def test_the_page_tells_neither_who_nor_what(decided, moderator, second_moderator, logged_in):
    first = SecondLook.objects.get(draft=decided("say"))
    second = SecondLook.objects.get(draft=decided("drop"))
    html = logged_in(second_moderator).get("/comments/second/").content.decode()
    tiles = re.findall(r"<fieldset.*?</fieldset>", html, re.DOTALL)
    assert len(tiles) == 2
    said, dropped = (
        re.sub(r"Comment \d", "", tile.replace(str(row.draft_id), "")).replace(str(row.draft.creation_id), "")
        for row in (first, second)
        for tile in tiles
        if str(row.draft_id) in tile
    )
    assert said == dropped  # they differ in nothing but their ids
    assert moderator.username not in html
    assert "Mia" not in html


def test_from_disagreement_to_settled(decided, second_moderator, lead, moderator, logged_in, monkeypatch):
    row = decided()
    page = logged_in(second_moderator).get("/comments/second/").content.decode()
    token = page.split('name="page" value="')[1].split('"')[0]
    data = {"page": token, f"answer-{row.id}": "drop", f"why-{row.id}": "too loud"}
    answer = logged_in(second_moderator).post("/comments/second/send/", data, follow=True).content.decode()
    assert "Looked at 1." in answer
    assert "What two see differently" not in answer  # that is a lead's
    html = logged_in(lead).get("/comments/second/").content.decode()
    assert "too loud" in html
    assert "1 to settle" in logged_in(lead).get("/comments/").content.decode()
    found = second_look.agreement(timezone.now() - timedelta(days=1))
    assert (found.looked, found.agreed, found.approved, found.unsaid.figure) == (1, 0, 1, 1.0)
    assert logged_in(second_moderator).post(f"/comments/second/{row.id}/settle/", {"says": "say"}).status_code == 403
    with pytest.raises(Gone):
        second_look.settle(moderator, row.id, Opinion.SAY)
    logged_in(lead).post(f"/comments/second/{row.id}/settle/", {"says": "say"})
    assert SecondLook.objects.get().settled == "say"
    assert not second_look.disagreements().exists()
    row.refresh_from_db()
    assert row.state == "approved"  # it measures; what was posted stays posted


def test_the_line_of_counts(decided, draft, moderator, second_moderator, logged_in):
    decided()
    draft()
    assert "1 waiting · by you today" in logged_in(moderator).get("/comments/counts/").content.decode()
    assert "1 for a second look" in logged_in(second_moderator).get("/comments/counts/").content.decode()
    assert "second look" not in logged_in(moderator).get("/comments/counts/").content.decode()
