"""A decision is made once, by who holds it, whole or not at all."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError
from django.utils import timezone

from brickmod.access.models import AuditEvent, Verb
from brickmod.outbox.models import Event
from featurestore.models import Label
from moderation.desk import actions
from moderation.desk.actions import BadReason, NotYours, claim_next, decide, undo
from moderation.desk.models import Claim, Decision
from moderation.intake.actions import erase
from moderation.intake.models import DecidedBy, State, Submission

pytestmark = pytest.mark.django_db


@pytest.fixture
def mine(waiting, moderator):
    waiting(text="Den kører hurtigt")
    return claim_next(moderator)


def test_approve(mine, moderator):
    before = timezone.now()
    decision = decide(moderator, mine, "approve")
    mine.refresh_from_db()
    assert (mine.state, mine.decided_by, mine.reasons) == (State.APPROVED, DecidedBy.MODERATOR, [])
    assert mine.feedback  # the child hears that it is published
    assert mine.answer_at - mine.decided_at == timedelta(seconds=11)
    assert before <= mine.decided_at == decision.decided_at
    assert not Claim.objects.exists()


def test_reject_keeps_reasons_and_feedback_as_they_read_today(mine, moderator):
    decision = decide(moderator, mine, "reject", ["rude", "face", "rude"], note="  see title ")
    mine.refresh_from_db()
    assert mine.state == State.REJECTED
    assert [reason["code"] for reason in mine.reasons] == decision.reasons == ["rude", "face"]
    assert all(reason["title"] for reason in mine.reasons)
    assert mine.feedback
    assert decision.policy > 0


def test_the_app_sees_nothing_before_the_undo_window_is_over(mine, moderator):
    decide(moderator, mine, "approve")
    mine.refresh_from_db()
    assert mine.public_state() == State.QUEUED
    assert mine.public_state(mine.answer_at) == State.APPROVED


def test_the_event_waits_until_then_and_says_what_will_be_true(mine, moderator):
    decision = decide(moderator, mine, "reject", ["rude"])
    event = Event.objects.get(key=f"decided:{decision.id}")
    mine.refresh_from_db()
    assert event.not_before == mine.answer_at
    assert event.payload["status"] == "rejected"
    assert event.payload["feedback"] == mine.feedback
    assert event.subject == str(mine.id)


def test_it_is_in_the_trail_without_a_word_of_the_child(mine, moderator):
    decision = decide(moderator, mine, "reject", ["rude"], note="secret")
    event = AuditEvent.objects.get(verb=Verb.DECIDE)
    assert event.user == moderator
    assert event.object_id == str(mine.trail)
    assert event.new == {"state": "rejected", "reasons": ["rude"], "policy": decision.policy}


def test_the_same_id_again_is_the_same_decision(mine, moderator):
    id = uuid4()
    first = decide(moderator, mine, "approve", id=id)
    again = decide(moderator, mine, "approve", id=id)
    assert first == again
    assert Decision.objects.count() == Event.objects.count() == 1


def test_the_same_id_after_an_undo_decides_nothing(mine, moderator):
    id = uuid4()
    undo(moderator, decide(moderator, mine, "approve", id=id))
    assert decide(moderator, mine, "approve", id=id).undone_at is not None
    mine.refresh_from_db()
    assert mine.state == State.QUEUED


def test_the_same_id_for_something_else_is_refused(mine, waiting, moderator):
    id = uuid4()
    decide(moderator, mine, "approve", id=id)
    with pytest.raises(NotYours):
        decide(moderator, mine, "reject", ["rude"], id=id)
    other = waiting()
    claim_next(moderator)
    with pytest.raises(NotYours):
        decide(moderator, other, "approve", id=id)
    assert Submission.objects.get(id=other.id).state == State.QUEUED


def test_another_persons_id_is_refused(mine, waiting, moderator, second_moderator):
    id = uuid4()
    decide(moderator, mine, "approve", id=id)
    with pytest.raises(NotYours):
        decide(second_moderator, mine, "approve", id=id)


def test_without_a_claim_nothing_happens(waiting, moderator):
    one = waiting()
    with pytest.raises(NotYours, match="no longer hold"):
        decide(moderator, one, "approve")
    assert Submission.objects.get(id=one.id).state == State.QUEUED


def test_what_somebody_else_holds(mine, second_moderator):
    with pytest.raises(NotYours):
        decide(second_moderator, mine, "approve")


def test_after_the_lease_ran_out(mine, moderator):
    Claim.objects.update(leased_until=timezone.now() - timedelta(seconds=1))
    with pytest.raises(NotYours):
        decide(moderator, mine, "approve")


def test_what_was_decided(mine, moderator, second_moderator):
    decide(moderator, mine, "approve")
    with pytest.raises(NotYours, match="decided"):
        decide(second_moderator, mine, "approve")


def test_what_was_erased(mine, moderator):
    submission = Submission.objects.get(id=mine.id)
    erase(submission)
    with pytest.raises(NotYours, match="withdrawn"):
        decide(moderator, mine, "approve")
    assert not Decision.objects.exists()


@pytest.mark.parametrize(
    ("outcome", "reasons"),
    [("reject", []), ("reject", ["no_such"]), ("reject", ["rude", "no_such"]), ("approve", ["rude"])],
)
def test_reasons_must_fit(mine, moderator, outcome, reasons):
    with pytest.raises(BadReason):
        decide(moderator, mine, outcome, reasons)
    assert Submission.objects.get(id=mine.id).state == State.QUEUED
    assert Claim.objects.exists()


def test_a_retired_reason_is_not_offered(mine, moderator):
    from moderation.feedback.models import Reason

    Reason.objects.filter(code="rude").update(retired=True)
    with pytest.raises(BadReason):
        decide(moderator, mine, "reject", ["rude"])


def test_only_approve_and_reject(mine, moderator):
    with pytest.raises(ValueError):
        decide(moderator, mine, "publish")


def test_only_who_may(mine, outsider, ml_engineer):
    for person in (outsider, ml_engineer):
        with pytest.raises(PermissionDenied):
            decide(person, mine, "approve")


def test_who_was_sent_away_meanwhile_cannot(mine, moderator):
    moderator.is_active = False
    moderator.save(update_fields=["is_active"])
    with pytest.raises(PermissionDenied):
        decide(moderator, mine, "approve")


def test_it_is_written_whole_or_not_at_all(mine, moderator, monkeypatch):
    def fails(*args, **kwargs):
        raise RuntimeError

    monkeypatch.setattr(actions, "teach", fails)
    with pytest.raises(RuntimeError):
        decide(moderator, mine, "approve")
    mine.refresh_from_db()
    assert mine.state == State.QUEUED
    assert not Decision.objects.exists()
    assert not Event.objects.exists()
    assert Claim.objects.filter(moderator=moderator).exists()


def test_a_clock_that_cannot_be_right_is_not_believed(mine, moderator):
    shown = timezone.now() + timedelta(hours=1)
    assert decide(moderator, mine, "approve", shown_at=shown).shown_at is None


def test_the_database_holds_one_standing_decision(mine, moderator):
    decision = decide(moderator, mine, "approve")
    with pytest.raises(IntegrityError):
        Decision.objects.create(submission=mine, moderator=moderator, outcome="reject", policy=decision.policy)


@pytest.mark.django_db(transaction=True)
class TestAtOnce:
    def test_eight_times_the_same_key(self, at_once, make_user, waiting):
        """Every tab of one person decides differently: one decision stands, and the others hear why not."""
        person = make_user("moderator", "mia")
        for _ in range(5):
            one = waiting()
            claim_next(person)
            calls = [
                lambda n=n, one=one: (
                    decide(person, one, "reject", ["rude"]) if n % 2 else decide(person, one, "approve")
                )
                for n in range(8)
            ]
            got = at_once(*calls)
            made = [answer for answer in got if isinstance(answer, Decision)]
            assert len(made) == 1
            assert all(isinstance(answer, NotYours) for answer in got if answer not in made)
            assert (
                Submission.objects.get(id=one.id).state
                == {"approve": "approved", "reject": "rejected"}[made[0].outcome]
            )
            assert Event.objects.filter(subject=str(one.id)).count() == 1

    def test_eight_deliveries_of_one_request(self, at_once, make_user, waiting):
        person = make_user("moderator", "mia")
        one, id = waiting(), uuid4()
        claim_next(person)
        got = at_once(*[lambda: decide(person, one, "approve", id=id)] * 8)
        assert {answer.id for answer in got} == {id}
        assert Decision.objects.count() == 1

    def test_eight_people_decide_all_there_is(self, at_once, make_user, waiting):
        people = [make_user("moderator", f"m{n}") for n in range(8)]
        for n in range(24):
            waiting(n)

        def work(person):
            done = []
            while one := claim_next(person):
                done.append(decide(person, one, "approve").submission_id)
            return done

        got = at_once(*[lambda person=person: work(person) for person in people])
        decided = [id for done in got for id in done]
        assert len(decided) == len(set(decided)) == 24
        assert not Submission.objects.filter(state=State.QUEUED).exists()


def test_a_decision_leaves_labels_with_source_and_policy(mine, moderator, feature_of):
    feature = feature_of(mine, "text")
    decision = decide(moderator, mine, "reject", ["rude"])
    label = Label.objects.get()
    assert (label.feature_id, label.task, label.value) == (feature, "profanity", "yes")
    assert (label.source, label.policy) == ("moderator", decision.policy)


def test_a_decision_on_the_random_sample_says_so(waiting, moderator, feature_of):
    waiting(audit=True)
    one = claim_next(moderator)
    feature_of(one, "title")
    decide(moderator, one, "approve")
    assert Label.objects.get().source == "audit"
