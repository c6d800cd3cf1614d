"""No comment is posted that no person approved, whatever way somebody comes."""

import uuid
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from brickmod.outbox.models import Event
from engagement.characters import actions
from engagement.characters.models import Draft, DraftState

pytestmark = pytest.mark.django_db
URL = "/api/v1/comments/"


def later(settings) -> None:
    """The undo window is over."""
    Draft.objects.update(post_at=timezone.now() - timedelta(seconds=1))


def test_an_approved_text_is_posted_when_it_cannot_be_undone_any_more(api, draft, moderator, settings):
    row = actions.approve(moderator, draft(), "Godt gået!")
    event = Event.objects.get()
    assert (event.type, event.not_before) == ("comment.posted", row.post_at)
    assert api.get(URL).json()["results"] == []
    later(settings)
    (said,) = api.get(URL, {"status": "posted"}).json()["results"]
    assert (said["text"], said["character"]["name"], said["status"]) == ("Godt gået!", "Bo Builder", "posted")
    assert event.payload["text"] == "Godt gået!"


def test_nothing_but_posted_is_told(api, draft):
    draft()
    assert api.get(URL).json()["results"] == []
    assert api.get(URL, {"status": "draft"}).status_code == 400
    assert api.post(URL, {"text": "Hej"}, format="json").status_code == 405


def test_the_approval_is_of_exactly_this_text(draft, moderator):
    row = draft()
    with pytest.raises(actions.Gone):
        actions.approve(moderator, row, "Godt gået")
    actions.edit(moderator, row, "Sikke et flot tårn!")
    with pytest.raises(actions.Gone):
        actions.approve(moderator, row, "Godt gået!")
    assert not Event.objects.exists()


def approved_fields(user, text):
    return {
        "state": DraftState.APPROVED,
        "approved_text": text,
        "approved_by": user,
        "approved_at": timezone.now(),
        "approval": uuid.uuid4(),
        "post_at": timezone.now(),
    }


@pytest.mark.parametrize("missing", ["approved_by", "approved_at", "approval", "post_at", "approved_text"])
def test_a_shell_cannot_post_without_all_of_an_approval(draft, moderator, missing):
    row = draft()
    fields = approved_fields(moderator, row.text) | {missing: "" if missing == "approved_text" else None}
    with pytest.raises(IntegrityError), transaction.atomic():
        Draft.objects.filter(id=row.id).update(**fields)
    with pytest.raises(IntegrityError), transaction.atomic():
        Draft.objects.create(
            creation=row.creation, character=row.character, language="da", text="Hej", **(fields | {"id": uuid.uuid4()})
        )


def test_a_shell_cannot_change_what_was_approved(draft, moderator):
    row = actions.approve(moderator, draft(), "Godt gået!")
    with pytest.raises(IntegrityError), transaction.atomic():
        Draft.objects.filter(id=row.id).update(text="Something else")


def test_a_shell_cannot_set_a_time_to_post(draft):
    with pytest.raises(IntegrityError), transaction.atomic():
        Draft.objects.filter(id=draft().id).update(post_at=timezone.now())


def test_the_admin_cannot_approve(draft, admin_user, logged_in):
    row = draft()
    client = logged_in(admin_user)
    page = f"/admin/characters/draft/{row.id}/change/"
    assert client.get(page).status_code == 200
    assert client.post(page, {"state": "approved", "text": row.text}).status_code == 403
    row.refresh_from_db()
    assert row.state == DraftState.DRAFT


def test_no_task_approves(draft, tasks):
    from brickmod.celery import app

    row = draft()
    app.loader.import_default_modules()
    ours = [task for name, task in app.tasks.items() if name.startswith("engagement.characters.")]
    assert ours
    for task in ours:
        task()
    row.refresh_from_db()
    assert row.state == DraftState.DRAFT
    assert not Event.objects.exists()


def test_undo_takes_it_back_once(draft, moderator, second_moderator, settings):
    row = actions.approve(moderator, draft(), "Godt gået!")
    with pytest.raises(actions.Gone):
        actions.undo(second_moderator, row)
    assert actions.undo(moderator, row).state == DraftState.DRAFT
    assert Event.objects.get().cancelled_at is not None
    actions.approve(moderator, row, "Godt gået!")
    assert Event.objects.filter(cancelled_at=None).count() == 1
    later(settings)
    with pytest.raises(actions.TooLate):
        actions.undo(moderator, row)


def test_two_people_one_draft(draft, moderator, second_moderator):
    row = draft()
    actions.drop(moderator, row)
    for verb in (actions.drop, lambda user, r: actions.approve(user, r, r.text)):
        with pytest.raises(actions.Gone):
            verb(second_moderator, row)


def test_a_dropped_one_makes_room_for_another(draft, moderator):
    row = draft()
    with pytest.raises(IntegrityError), transaction.atomic():
        draft(creation=row.creation)
    actions.drop(moderator, row)
    draft(creation=row.creation)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("Hvor gammel er du?", "personal"),
        ("How old are you?", "personal"),
        ("Se mere på www.klods.dk", "link"),
        ("Skriv til bo@klods.dk", "address"),
        ("Ring 12 34 56 78", "number"),
        ("Det koster 5 kr", "money"),
        ("Du vinder en præmie", "promises"),
        ("Din idiot!", "rude"),
        ("x" * 281, "longer"),
        ("   ", "no text"),
    ],
)
def test_an_unkind_text_is_neither_kept_nor_approved(draft, moderator, text, why):
    row = draft()
    with pytest.raises(actions.Unkind, match=why):
        actions.edit(moderator, row, text)
    bad = Draft(creation=row.creation, character=row.character, language="da", text=text[:400])
    actions.drop(moderator, row)
    assert actions.keep([bad]) == 0


def test_what_was_written_is_kept_once(creation, bo):
    rows = [Draft(creation=creation(), character=bo, language="da", text="Godt gået!") for _ in range(3)]
    assert actions.keep(rows) == 3
    again = [Draft(creation=row.creation, character=bo, language="da", text="Byg videre!") for row in rows]
    assert actions.keep(again) == 0
    assert Draft.objects.count() == 3
