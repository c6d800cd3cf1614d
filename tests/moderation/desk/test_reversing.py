"""What a person decided stays, until a person reverses it: then app, labels and trail say so."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone

from brickmod.access.models import AuditEvent, Verb
from brickmod.outbox.models import Event
from featurestore.models import Label
from moderation.desk.actions import BadMark, BadReason, Mark, TooLate, claim_next, decide, undo
from moderation.desk.models import Decision, PartDecision
from moderation.desk.reversing import reverse
from moderation.intake.actions import erase
from moderation.intake.models import State, Submission

pytestmark = pytest.mark.django_db


def heard(decision: Decision) -> Decision:
    """Its undo window is over."""
    now = timezone.now()
    Event.objects.update(spread_at=now)
    Submission.objects.filter(id=decision.submission_id).update(answer_at=now - timedelta(seconds=1))
    return decision


@pytest.fixture
def decided(waiting, moderator):
    one = waiting()
    claim_next(moderator)
    return heard(decide(moderator, one, "approve"))


def test_a_lead_reverses_and_everything_says_so(decided, lead, feature_of):
    feature_of(decided.submission, "title")
    made = reverse(lead, decided, ["rude"], "Look at the second word.")
    one = Submission.objects.get(id=decided.submission_id)
    assert (one.state, [reason["code"] for reason in one.reasons]) == (State.REJECTED, ["rude"])
    assert one.public_state() == State.REJECTED  # the app sees it at once
    assert Event.objects.get(key=f"decided:{made.id}").payload["status"] == "rejected"
    decided.refresh_from_db()
    assert (decided.reversed_by, made.reverses) == (lead, decided)
    assert [label.value for label in Label.objects.filter(withdrawn=False)] == ["yes"]
    assert AuditEvent.objects.get(verb=Verb.REVERSE).new["state"] == "rejected"
    with pytest.raises(TooLate):
        undo(lead, made)


def test_and_back_again(decided, moderator, lead):
    made = heard(reverse(moderator, decided, ["rude"], "I was wrong."))
    reverse(lead, made, note="No, you were right.")
    assert Submission.objects.get(id=decided.submission_id).state == State.APPROVED
    assert Decision.objects.standing().count() == 1


def test_not_by_others_not_without_a_word_not_twice(decided, moderator, second_moderator):
    with pytest.raises(PermissionDenied):
        reverse(second_moderator, decided, ["rude"], "I know better.")
    for reasons, note in ((["rude"], " "), ([], "no reason")):
        with pytest.raises(BadReason):
            reverse(moderator, decided, reasons, note)
    assert Submission.objects.get(id=decided.submission_id).state == State.APPROVED
    id = reverse(moderator, decided, ["rude"], "Wrong.").id
    assert reverse(moderator, decided, ["rude"], "Wrong.", id=id).id == id
    with pytest.raises(TooLate):
        reverse(moderator, decided, ["rude"], "Wrong.")


def test_not_while_it_can_be_undone(waiting, moderator):
    one = waiting()
    claim_next(moderator)
    with pytest.raises(TooLate):
        reverse(moderator, decide(moderator, one, "approve"), ["rude"], "Wrong.")


@pytest.mark.parametrize(
    "fields",
    [{"state": "queued", "decided_by": None}, {"state": "rejected"}, {"state": "rejected", "decided_by": "prefilter"}],
)
def test_the_database_lets_nobody_else_change_what_a_person_decided(decided, fields):
    with pytest.raises(IntegrityError), transaction.atomic():
        Submission.objects.filter(id=decided.submission_id).update(**fields)
    with pytest.raises(IntegrityError), transaction.atomic():
        Decision.objects.filter(id=decided.id).update(undone_at=timezone.now())  # without a person
    with pytest.raises(IntegrityError), transaction.atomic():
        Decision.objects.filter(id=decided.id).update(reversed_at=timezone.now())
    assert Submission.objects.get(id=decided.submission_id).state == State.APPROVED


def test_erasure_is_not_held_up(decided):
    erase(Submission.objects.get(id=decided.submission_id))
    assert not Submission.objects.exists()


# -- parts -------------------------------------------------------------------------------------------------------
def test_marks_say_which_part_is_meant_and_where(waiting, moderator, feature_of):
    one = waiting(pictures=2, language="en", market="GB")
    parts = {part.name: part for part in one.parts.all()}
    ids = {name: feature_of(one, name) for name in ("image:0", "image:1")}
    claim_next(moderator)
    marks = [
        Mark(parts["image:1"].id, where={"x": 0.1, "y": 0.1, "w": 0.2, "h": 0.2}),
        Mark(parts["title"].id, ("rude",), {"start": 0, "end": 2}),
        Mark(parts["image:0"].id, fine=True),
    ]
    decision = decide(moderator, one, "reject", ["face"], marks=marks, first="rude", name_pictures=True)
    assert decision.reasons == ["face", "rude"]
    assert PartDecision.objects.filter(outcome="reject").count() == 2
    one.refresh_from_db()
    assert one.feedback.startswith("This is about picture 2. Some of these words")
    face = {label.feature_id: label.value for label in Label.objects.filter(task="face")}
    assert face == {ids["image:1"]: "yes", ids["image:0"]: "no"}


@pytest.mark.parametrize(
    "where",
    [{"x": 0.9, "y": 0, "w": 0.2, "h": 0.1}, {"x": 0, "y": 0, "w": 0, "h": 1}, {"start": 0, "end": 1}, {"x": 1.0},
     {"x": float("nan"), "y": 0, "w": 0.1, "h": 0.1}],
)  # fmt: skip
def test_a_mark_must_lie_within_its_part(waiting, moderator, where):
    one = waiting(pictures=1)
    claim_next(moderator)
    with pytest.raises(BadMark):
        decide(moderator, one, "reject", ["face"], marks=[Mark(one.parts.get(kind="image").id, where=where)])
    assert Submission.objects.get(id=one.id).state == State.QUEUED


def test_a_mark_on_another_submission_is_refused(waiting, moderator):
    one, other = waiting(1), waiting(2)
    claim_next(moderator)
    with pytest.raises(BadMark):
        decide(moderator, one, "reject", ["rude"], marks=[Mark(other.parts.get().id)])
