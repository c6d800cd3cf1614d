"""What an app tells of its creations, over HTTP."""

import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from brickmod.outbox.actions import emit
from brickmod.outbox.models import Event, EventType
from engagement.creations.models import Creation
from moderation.intake.actions import erase
from moderation.intake.models import DecidedBy, State
from tests.submissions import waiting

pytestmark = pytest.mark.django_db
URL = "/api/v1/creations/"


def report(**changes):
    said = {"external_id": "c-1", "author": "nord-417", "market": "dk", "language": "da", "title": "Havnen"}
    return said | changes


def approved(app, **changes):
    then = timezone.now() - timedelta(minutes=1)
    state = {"state": State.APPROVED, "decided_by": DecidedBy.MODERATOR, "decided_at": then, "answer_at": then}
    return waiting(app, **(state | changes))


def test_a_creation_is_reported_and_read_again(api, calling_app):
    submission = approved(calling_app)
    sent = report(submission=str(submission.id), hashtags=["city", "harbour"])
    answer = api.post(URL, sent, format="json")
    assert answer.status_code == 201
    assert answer["Location"].endswith("/api/v1/creations/c-1/")
    said = answer.json()
    assert (said["market"], said["submission"], said["hashtags"]) == ("DK", str(submission.id), ["city", "harbour"])
    assert api.get(answer["Location"]).json() == said
    assert api.get(URL, {"author": "nord-417"}).json()["results"] == [said]
    assert api.get(URL, {"author": "somebody else"}).json()["results"] == []


def test_a_form_works_like_json(api):
    assert api.post(URL, report(hashtags=["a", "b"]), format="multipart").json()["hashtags"] == ["a", "b"]


def test_the_same_again_is_the_first(api):
    first = api.post(URL, report(), format="json").json()
    later = api.post(URL, report(published_at=timezone.now().isoformat()), format="json")
    assert (later.status_code, later.json()) == (200, first)
    assert Creation.objects.count() == 1


def test_other_content_under_the_same_id_is_refused(api):
    api.post(URL, report(), format="json")
    answer = api.post(URL, report(title="Other"), format="json")
    assert answer.status_code == 409
    assert answer["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("state", "fields"),
    [
        (State.QUEUED, {"decided_by": None, "decided_at": None, "answer_at": None}),
        (State.REJECTED, {}),
        # Approved, and it can still be undone: the app cannot know of it yet.
        (State.APPROVED, {"answer_at": timezone.now() + timedelta(hours=1)}),
    ],
)
def test_what_nobody_approved_is_never_published_here(api, calling_app, state, fields):
    submission = approved(calling_app, state=state, **fields)
    answer = api.post(URL, report(submission=str(submission.id)), format="json")
    assert answer.status_code == 409
    assert "not approved" in answer.json()["detail"]
    assert not Creation.objects.exists()


def test_a_foreign_submission_does_not_exist(api, other_app):
    for id in (approved(other_app).id, uuid.uuid4()):
        answer = api.post(URL, report(submission=str(id)), format="json")
        assert answer.status_code == 400
        assert answer.json()["errors"][0]["field"] == "submission"


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("http://pictures.example/1.jpg", "https"),
        ("https://elsewhere.example/1.jpg", "POINTER_HOSTS"),
        ("https://127.0.0.1/1.jpg", "private"),
        ("https://[::ffff:7f00:1]/1.jpg", "private"),
        ("file:///etc/passwd", "https"),
        ("https://me:secret@pictures.example/1.jpg", "password"),
    ],
)
def test_a_picture_is_pointed_to_on_configured_hosts_alone(api, settings, url, why):
    settings.POINTER_HOSTS = ["pictures.example"]
    answer = api.post(URL, report(image_url=url), format="json")
    assert answer.status_code == 400
    assert why in answer.json()["errors"][0]["detail"]
    assert api.post(URL, report(image_url="https://pictures.example/1.jpg"), format="json").status_code == 201


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"market": "XX"}, "market"),
        ({"language": "english"}, "language"),
        ({"title": ""}, "submission"),
        ({"published_at": "2999-01-01T00:00:00Z"}, "published_at"),
        ({"submission": "7"}, "submission"),
        ({"title": "a\x00b"}, "title"),
        ({"external_id": ""}, "external_id"),
    ],
)
def test_bad_fields_are_named(api, changes, field):
    answer = api.post(URL, report(**changes), format="json")
    assert answer.status_code == 400
    assert field in {error["field"] for error in answer.json()["errors"]}


def test_an_app_sees_and_withdraws_its_own_alone(api, api_for, other_app, calling_app):
    api.post(URL, report(external_id="a/b c"), format="json")
    foreign = api_for(other_app)
    assert foreign.get(f"{URL}a/b c/").status_code == 404
    assert foreign.delete(f"{URL}a/b c/").status_code == 404
    creation = Creation.objects.get(app=calling_app)
    emit(calling_app, EventType.LIKED, "liked:1", creation.id, {"creation": "a/b c"})
    assert api.delete(f"{URL}a/b c/").status_code == 204
    assert not Creation.objects.exists()
    assert not Event.objects.exists()
    assert api.delete(f"{URL}a/b c/").status_code == 404


def test_the_key_needs_its_scope(api_for, calling_app):
    assert api_for(calling_app, ["submit"]).post(URL, report(), format="json").status_code == 403


def test_who_erases_a_submission_withdraws_its_creation(api, calling_app, django_capture_on_commit_callbacks):
    submission = approved(calling_app)
    api.post(URL, report(submission=str(submission.id)), format="json")
    emit(calling_app, EventType.LIKED, "liked:1", Creation.objects.get().id, {"creation": "c-1"})
    receipt = erase(submission)
    assert receipt.counts["creations"] == 1
    assert not Creation.objects.exists()
    assert not Event.objects.exists()
