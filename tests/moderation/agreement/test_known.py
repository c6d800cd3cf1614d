"""Known cases at the desk: they look like any other, are told at once, and nothing of them leaks anywhere."""

import json
from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone

from brickmod.outbox.models import Event
from featurestore.models import Label
from moderation.agreement import known
from moderation.agreement.models import KnownAnswer, KnownCase
from moderation.authors.models import Strike
from moderation.desk.actions import decide
from moderation.desk.errors import BadReason, NotYours
from moderation.desk.models import Claim, Decision
from moderation.intake.models import DecidedBy, State, Submission
from moderation.shifts.counting import count
from moderation.shifts.models import Hour

pytestmark = pytest.mark.django_db
JSON = {"HTTP_ACCEPT": "application/json"}


@pytest.fixture
def bad(waiting, lead, settings) -> KnownCase:
    settings.KNOWN_PERCENT = 100
    now = timezone.now()
    row = waiting(
        title="Buy coins", text="cheap", state=State.REJECTED, decided_by=DecidedBy.PREFILTER, decided_at=now,
        answer_at=now, reasons=[{"code": "advert", "title": "Advert"}],
        found=[("text", "profanity", "flag", "rude", [])],
    )  # fmt: skip
    return known.make(lead, row, "reject", ["advert"], "It sells something.")


def leaves_no_trace(case: KnownCase) -> None:
    row = Submission.objects.get(id=case.submission_id)
    assert (row.state, row.decided_by) == (State.REJECTED, "prefilter")
    assert not Decision.objects.exists()
    assert not Event.objects.exists()
    assert not Label.objects.exists()
    assert not Strike.objects.exists()
    assert not Claim.objects.filter(submission=row).exists()


def given(client) -> str:
    answer = client.post(reverse("desk-next"), {}, **JSON).json()
    return answer["html"]


def test_it_comes_between_looks_like_any_other_and_is_told(bad, waiting, moderator, logged_in):
    client = logged_in(moderator)
    html = given(client)
    assert "Buy coins" in html
    assert "known case" not in html.lower()
    assert "It sells something" not in html
    assert "due small late" not in html  # its own due time is long past
    url = reverse("desk-decide", args=[bad.submission_id])
    answer = client.post(url, {"approve": "1", "sure": "1", "decision": str(uuid4())}, **JSON).json()
    assert "This was a known case, and is rejected (" in answer["told"]
    assert "It sells something." in answer["told"]
    assert "undo" not in answer
    again = client.post(url, {"approve": "1", "sure": "1", "decision": str(uuid4())}, **JSON).json()
    assert again["told"] == answer["told"]
    assert KnownAnswer.objects.get().right is False
    leaves_no_trace(bad)


def test_what_was_found_wants_a_second_press_here_too(bad, moderator, logged_in):
    client = logged_in(moderator)
    given(client)
    url = reverse("desk-decide", args=[bad.submission_id])
    assert client.post(url, {"approve": "1"}, **JSON).status_code == 409
    assert KnownAnswer.objects.get().outcome == ""


def test_well_seen(bad, moderator, logged_in):
    client = logged_in(moderator)
    given(client)
    said = client.post(reverse("desk-decide", args=[bad.submission_id]), {"reason": "advert"}, **JSON).json()["told"]
    assert said.startswith("Well seen.")
    assert KnownAnswer.objects.get().right is True
    leaves_no_trace(bad)


@pytest.mark.parametrize(("name", "data"), [("skip", {}), ("later", {"minutes": 5}), ("pass", {"queue": "leads"})])
def test_passing_it_on_counts_as_nothing(bad, moderator, logged_in, name, data):
    client = logged_in(moderator)
    given(client)
    assert client.post(reverse(f"desk-{name}", args=[bad.submission_id]), data, **JSON).status_code == 200
    row = KnownAnswer.objects.get()
    assert (row.outcome, row.closed_at is None) == ("", False)
    leaves_no_trace(bad)
    # And it does not come again at once.
    assert given(client) is None


def test_the_heartbeat_holds_it(bad, moderator, logged_in):
    client = logged_in(moderator)
    given(client)
    answer = client.post(reverse("desk-renew"), {"id": str(bad.submission_id)}, **JSON).json()
    assert answer["held"] == [str(bad.submission_id)]


def test_the_desks_own_action_refuses_it(bad, moderator, logged_in):
    given(logged_in(moderator))
    with pytest.raises(NotYours):
        decide(moderator, bad.submission, "approve")


def test_what_waits_again_is_decided_for_real(bad, moderator, logged_in):
    """Put back by a recheck: from then on it is no case but a child's upload that waits."""
    client = logged_in(moderator)
    given(client)
    Submission.objects.filter(id=bad.submission_id).update(state=State.QUEUED, decided_by=None, decided_at=None)
    client.get(reverse("desk"))  # now it is claimed
    url = reverse("desk-decide", args=[bad.submission_id])
    answer = client.post(url, {"approve": "1", "sure": "1", "decision": str(uuid4())}, **JSON).json()
    assert "told" not in answer
    assert Decision.objects.get().submission_id == bad.submission_id


def test_statistics_and_the_api_know_nothing_of_it(bad, moderator, logged_in, api, calling_app):
    before = api.get("/api/v1/submissions/").content
    client = logged_in(moderator)
    given(client)
    client.post(reverse("desk-decide", args=[bad.submission_id]), {"approve": "1", "sure": "1"}, **JSON)
    assert api.get("/api/v1/submissions/").content == before
    assert json.loads(before)["results"][0]["status"] == "rejected"
    count()
    assert sum(Hour.objects.values_list("decided", flat=True)) == 0


def test_nobody_meets_what_they_made_or_decided(decided, lead, moderator, second_moderator, settings):
    settings.KNOWN_PERCENT = 100
    made = decided("approve")
    case = known.make(lead, made.submission, "approve", [], "A fine castle.")
    cases = KnownCase.objects.usable()
    assert known.put(lead, "desk", cases) == []
    assert known.put(moderator, "desk", cases) == []
    assert [row.case for row in known.put(second_moderator, "desk", cases)] == [case]
    assert known.put(second_moderator, "desk", cases) == []


def test_the_setting_says_how_many(bad, moderator, settings):
    settings.KNOWN_PERCENT = 0
    assert known.AtTheDesk().offer(moderator, []) is None


def test_a_case_is_what_was_decided_and_made_by_a_lead(decided, waiting, lead, moderator):
    made = decided("approve")
    with pytest.raises(PermissionDenied):
        known.make(moderator, made.submission, "approve", [], "mine")
    for row, outcome, reasons, why in (
        (made.submission, "reject", ["rude"], "not so"),
        (made.submission, "approve", [], " "),
        (waiting(), "approve", [], "it waits"),
    ):
        with pytest.raises(BadReason):
            known.make(lead, row, outcome, reasons, why)


def test_what_nobody_answers_is_put_away(bad, moderator):
    known.AtTheDesk().offer(moderator, [])
    assert known.put_away() == 0
    assert known.put_away(timezone.now() + timedelta(days=2)) == 1


def test_a_lead_keeps_them_by_pages(decided, lead, moderator, logged_in):
    made = decided("reject", ["rude"])
    client = logged_in(lead)
    page = client.get(reverse("desk-submission", args=[made.submission_id])).content.decode()
    assert "Make it a known case" in page
    sent = {"outcome": "reject", "reason": "rude", "why": "An insult."}
    client.post(reverse("agreement-known-make", args=[made.submission_id]), sent)
    case = KnownCase.objects.get()
    assert "An insult." in client.get(reverse("agreement-known")).content.decode()
    client.post(reverse("agreement-known-switch", args=[case.pk]), {"off": "1"})
    assert not KnownCase.objects.usable().exists()
    other = logged_in(moderator)
    assert other.get(reverse("agreement-known")).status_code == 403
    assert other.post(reverse("agreement-known-make", args=[made.submission_id]), sent).status_code == 403
    assert "known case" not in other.get(reverse("desk-submission", args=[made.submission_id])).content.decode()
