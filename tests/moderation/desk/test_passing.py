"""What is not decided: set aside for later, passed on with a receipt, skipped for a reason."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from brickmod.access.models import AuditEvent, Verb
from moderation.desk.actions import BadPlace, NotYours, claim_next, decide, escalate, park, skip
from moderation.desk.door import SEE, submission_for
from moderation.desk.models import Claim, Escalation, Park, Skip
from moderation.desk.notes import notes
from moderation.desk.timeline import timeline
from moderation.intake.models import Submission
from moderation.queues.models import Queue

pytestmark = pytest.mark.django_db


@pytest.fixture
def mine(waiting, moderator):
    waiting()
    return claim_next(moderator)


def test_what_was_set_aside_is_given_to_nobody_until_its_time(mine, moderator, second_moderator):
    park(moderator, mine, timezone.now() + timedelta(minutes=5), "ask Lea")
    assert claim_next(moderator) is None
    assert claim_next(second_moderator) is None
    Park.objects.update(until=timezone.now() - timedelta(seconds=1))
    assert claim_next(second_moderator) == mine
    decide(second_moderator, mine, "approve")
    assert not Park.objects.away(timezone.now()).exists()


def test_it_can_be_set_aside_again_and_each_note_stays(mine, moderator, second_moderator):
    park(moderator, mine, timezone.now() + timedelta(minutes=5), "ask Lea")
    Park.objects.update(until=timezone.now() - timedelta(seconds=1))
    assert claim_next(second_moderator) == mine
    park(second_moderator, mine, timezone.now() + timedelta(minutes=5), "Lea is out")
    assert claim_next(moderator) is None
    assert [note.says for note in notes(mine)] == ["ask Lea", "Lea is out"]
    assert len([moment for moment in timeline(mine) if moment.kind == "park"]) == 2


@pytest.mark.parametrize("minutes", [-1, 0, 24 * 60 + 1])
def test_not_for_ever_and_not_into_the_past(mine, moderator, minutes):
    with pytest.raises(BadPlace):
        park(moderator, mine, timezone.now() + timedelta(minutes=minutes))
    assert Claim.objects.exists()


def test_set_aside_twice_by_a_lost_answer_is_once(mine, moderator):
    first = park(moderator, mine, timezone.now() + timedelta(minutes=5))
    assert park(moderator, mine, timezone.now() + timedelta(minutes=5)) == first
    assert AuditEvent.objects.filter(verb=Verb.PARK).count() == 1


def test_passed_on_it_is_out_of_sight_for_all_but_leads(mine, moderator, second_moderator, lead):
    made = escalate(moderator, mine, "leads", "looks like grooming")
    assert made.receipt == f"{made.id.hex[:4]}-{made.id.hex[4:8]}".upper()
    assert claim_next(moderator) is claim_next(second_moderator) is None
    with pytest.raises(Submission.DoesNotExist):
        submission_for(moderator, mine.id, SEE)
    with pytest.raises(NotYours):
        decide(moderator, mine, "approve")
    assert claim_next(lead) == mine
    assert AuditEvent.objects.get(verb=Verb.ESCALATE).new == {"queue": "leads"}


def test_the_same_receipt_again_passes_on_once(mine, moderator):
    id = uuid4()
    assert escalate(moderator, mine, "leads", id=id) == escalate(moderator, mine, "leads", id=id)
    assert Escalation.objects.count() == 1


@pytest.mark.parametrize("to", ["nowhere", "german", ""])
def test_only_to_a_queue_that_takes_it(mine, moderator, to):
    Queue.objects.create(slug="german", name="German", languages=["de"])
    with pytest.raises(BadPlace):
        escalate(moderator, mine, to)
    assert Claim.objects.exists()


def test_without_a_claim_nothing_is_passed_on(waiting, moderator):
    with pytest.raises(NotYours):
        escalate(moderator, waiting(), "leads")


def test_skipped_for_a_reason(mine, moderator):
    skip(moderator, mine, "language")
    assert Skip.objects.get().why == "language"


def test_who_may_not_decide_may_not_pass_on(mine, outsider):
    with pytest.raises(PermissionDenied):
        escalate(outsider, mine, "leads")


def test_a_receipt_over_http(mine, moderator, logged_in):
    sent = {"queue": "leads", "receipt": str(uuid4()), "note": "look"}
    answer = logged_in(moderator).post(f"/desk/s/{mine.id}/pass/", sent, HTTP_ACCEPT="application/json")
    assert answer.json()["receipt"] == f"Passed on to Leads. Receipt {Escalation.objects.get().receipt}."
