"""One key, and it is gone everywhere; what the app is told."""

import json

import pytest
from django.urls import reverse
from django.utils import timezone

from brickmod.access.models import AuditEvent, Verb
from brickmod.outbox.models import Event
from moderation.desk import actions as desk
from moderation.desk.errors import NotYours
from moderation.desk.models import Claim, Decision
from moderation.desk.queue import candidates, counts
from moderation.desk.restricting import restrict
from moderation.intake.models import State, Submission
from moderation.restricted.models import Case
from tests.moderation.restricted.conftest import SECRET

pytestmark = pytest.mark.django_db
NEUTRAL = "other"


def test_it_leaves_the_desk_in_the_same_moment(bad, moderator, second_moderator):
    assert desk.claim_next(moderator).id == bad.id
    case = restrict(second_moderator, bad)  # whoever holds it
    assert (case.made_by, case.submission_id, case.was["state"]) == (second_moderator, bad.id, State.QUEUED)
    assert not Claim.objects.exists()
    assert counts().waiting == 0
    assert candidates(moderator, timezone.now()) == []
    assert desk.renew(moderator, [bad.id]) == []
    with pytest.raises(NotYours):
        desk.decide(moderator, bad, "approve")
    assert AuditEvent.objects.get(verb=Verb.RESTRICT).object_id == str(case.id)


def test_asked_again_it_is_the_same_case(bad, moderator, second_moderator):
    first = restrict(moderator, bad)
    assert restrict(moderator, bad) == first
    with pytest.raises(NotYours):
        restrict(second_moderator, bad)
    assert Case.objects.count() == 1


def test_what_was_approved_is_hidden_too(bad, moderator, api, settings):
    """The database lets nobody change what a person decided, but for this and an erasure."""
    desk.claim_next(moderator)
    desk.decide(moderator, bad, "approve")
    case = restrict(moderator, bad)
    assert case.was["state"] == State.APPROVED
    assert api.get(f"/api/v1/submissions/{bad.id}/").json()["status"] == "rejected"


def test_the_app_hears_a_neutral_no_and_nothing_else(hidden, bad, api, calling_app):
    told = api.get(f"/api/v1/submissions/{bad.id}/?expand=findings").json()
    assert (told["status"], told["decided_by"], told["findings"]) == ("rejected", "moderator", [])
    assert [reason["code"] for reason in told["reasons"]] == [NEUTRAL]
    assert told["feedback"]
    assert [row["id"] for row in api.get("/api/v1/submissions/").json()["results"]] == [str(bad.id)]
    event = Event.objects.get(subject=str(bad.id))
    assert (event.type, event.payload["status"]) == ("submission.decided", "rejected")
    for says in (json.dumps(told), json.dumps(event.payload)):
        assert not any(word in says.lower() for word in ("illegal", "restrict", "hold", "police", "nudity", "secret"))


def test_nothing_that_was_told_before_stays(bad, moderator):
    from brickmod.outbox.actions import emit

    emit(bad.app, "submission.prefiltered", "prefiltered:1", bad.id, {"evidence": SECRET})
    restrict(moderator, bad)
    assert not Event.objects.filter(payload__icontains=SECRET).exists()
    assert Event.objects.filter(subject=str(bad.id)).count() == 1


@pytest.mark.parametrize("state", ["hidden", "kept"])
def test_an_erasure_by_the_app_is_refused_honestly(state, request, bad, api):
    request.getfixturevalue(state)
    answer = api.delete(f"/api/v1/submissions/{bad.id}/")
    assert answer.status_code == 409
    assert "not erased" in answer.json()["detail"]
    assert "legal obligation" in answer.json()["detail"]
    answer = api.delete("/api/v1/authors/?author=nord-417")
    assert answer.status_code == 409
    assert Submission.objects.get(id=bad.id).held


def test_an_author_is_erased_but_for_what_is_held(waiting, hidden, bad, api):
    other = waiting(title="harmless")
    answer = api.delete("/api/v1/authors/?author=nord-417")
    assert (answer.status_code, answer["Erasure-Held"]) == (204, "1")
    assert not Submission.objects.filter(id=other.id).exists()
    assert Submission.objects.filter(id=bad.id).exists()


def test_the_sweep_of_erasures_leaves_it_alone(hidden, bad):
    from moderation.intake.tasks import finish_erasures

    assert finish_erasures() == 0
    assert bad.parts.get(kind="image", position=0).file.storage.exists(
        bad.parts.get(kind="image", position=0).file.name
    )


def test_the_same_upload_again_is_the_first_and_an_appeal_is_final(hidden, bad, api):
    answer = api.post("/api/v1/appeals/", {"submission": str(bad.id), "words": "please"}, format="multipart")
    assert answer.status_code in {400, 409, 415}
    answer = api.post("/api/v1/appeals/", {"submission": str(bad.id), "words": "please"}, format="json")
    assert (answer.status_code, answer.json().get("code")) == (409, "final")


def test_two_presses_are_asked_for(bad, moderator, logged_in):
    page = logged_in(moderator)
    where = reverse("desk-restrict", args=[bad.id])
    answer = page.post(where, headers={"Accept": "application/json"})
    assert answer.status_code == 400
    assert not Case.objects.exists()
    answer = page.post(where, {"sure": "1"}, headers={"Accept": "application/json"})
    assert answer.json()["receipt"].startswith(f"Hidden from everybody. Case {Case.objects.get().number}")
    beat = page.post("/desk/renew/", {"id": str(bad.id)}, headers={"Accept": "application/json"}).json()
    assert (beat["held"], beat["gone"]) == ([], [str(bad.id)])


def test_who_may_not_decide_may_not_hide(bad, ml_engineer, custodian, logged_in):
    for user in (ml_engineer, custodian):
        assert logged_in(user).post(reverse("desk-restrict", args=[bad.id]), {"sure": "1"}).status_code == 403
    assert not Case.objects.exists()


def test_the_key_is_on_the_sheet(waiting, moderator, logged_in):
    waiting()
    html = logged_in(moderator).get("/desk/").content.decode()
    assert "<kbd>X</kbd></dt><dd>Suspected illegal: press twice" in html
    assert Decision.objects.count() == 0
