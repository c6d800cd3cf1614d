"""Taking a decision back: everything is as before, or nothing is."""

from datetime import timedelta

import pytest
from django.forms.models import model_to_dict
from django.utils import timezone

from brickmod.access.models import AuditEvent, Verb
from brickmod.outbox.actions import cancel
from brickmod.outbox.models import Event
from featurestore.models import Label
from moderation.desk.actions import NotYours, TooLate, claim_next, decide, undo
from moderation.desk.claims import MAX_HELD
from moderation.desk.models import Claim, Decision
from moderation.intake.actions import erase
from moderation.intake.models import State, Submission

pytestmark = pytest.mark.django_db


@pytest.fixture
def mine(waiting, moderator):
    waiting()
    return claim_next(moderator)


@pytest.mark.parametrize(("outcome", "reasons"), [("approve", []), ("reject", ["rude", "face"])])
def test_everything_is_as_it_was(mine, moderator, second_moderator, outcome, reasons):
    before = model_to_dict(Submission.objects.get(id=mine.id))
    decision = decide(moderator, mine, outcome, reasons)
    undo(moderator, decision)
    assert model_to_dict(Submission.objects.get(id=mine.id)) == before
    assert decision.undone_at is not None
    assert claim_next(second_moderator) is None
    assert claim_next(moderator) == mine


def test_the_app_never_hears_of_it(mine, moderator):
    undo(moderator, decide(moderator, mine, "approve"))
    event = Event.objects.get()
    assert event.cancelled_at is not None
    assert event.spread_at is None


def test_it_is_in_the_trail(mine, moderator):
    decision = decide(moderator, mine, "approve")
    undo(moderator, decision)
    event = AuditEvent.objects.get(verb=Verb.UNDO)
    assert event.old == {"state": "approved"}
    assert event.new == {"state": "queued"}


def test_labels_are_taken_back(mine, moderator, feature_of):
    feature_of(mine, "title")
    undo(moderator, decide(moderator, mine, "reject", ["rude"]))
    assert [label.withdrawn for label in Label.objects.order_by("id")] == [False, True]


def test_twice_is_once(mine, moderator):
    decision = decide(moderator, mine, "approve")
    undo(moderator, decision), undo(moderator, decision)
    assert AuditEvent.objects.filter(verb=Verb.UNDO).count() == 1


def test_then_it_can_be_decided_again(mine, moderator):
    undo(moderator, decide(moderator, mine, "approve"))
    decide(moderator, mine, "reject", ["rude"])
    assert Submission.objects.get(id=mine.id).state == State.REJECTED
    assert Decision.objects.filter(undone_at=None).count() == 1


def test_it_comes_before_what_was_fetched_ahead(waiting, moderator):
    rows = [waiting(n) for n in range(5)]
    decision = decide(moderator, claim_next(moderator), "approve")
    claim_next(moderator, ahead=MAX_HELD - 1)
    undo(moderator, decision)
    assert claim_next(moderator) == rows[0]
    held = Claim.objects.order_by("made_at").values_list("submission_id", flat=True)
    assert list(held) == [rows[0].id, rows[1].id, rows[2].id]


def test_too_late_by_the_clock(mine, moderator, settings):
    decision = decide(moderator, mine, "approve")
    past = timezone.now() - timedelta(seconds=settings.UNDO_SECONDS)
    Decision.objects.filter(id=decision.id).update(decided_at=past)
    with pytest.raises(TooLate):
        undo(moderator, decision)
    assert Submission.objects.get(id=mine.id).state == State.APPROVED


def test_too_late_when_the_answer_is_on_its_way(mine, moderator):
    decision = decide(moderator, mine, "approve")
    Event.objects.update(spread_at=timezone.now())
    with pytest.raises(TooLate, match="on its way"):
        undo(moderator, decision)
    assert not Decision.objects.exclude(undone_at=None).exists()


def test_only_by_who_decided(mine, moderator, second_moderator):
    decision = decide(moderator, mine, "approve")
    with pytest.raises(NotYours):
        undo(second_moderator, decision)
    assert cancel(f"decided:{decision.id}")  # nothing had been taken back


def test_what_was_erased(mine, moderator):
    decision = decide(moderator, mine, "approve")
    erase(Submission.objects.get(id=mine.id))
    with pytest.raises(NotYours, match="withdrawn"):
        undo(moderator, decision)


@pytest.mark.django_db(transaction=True)
class TestAtOnce:
    def test_undo_and_answer_race_and_one_wins(self, at_once, make_user, waiting):
        person = make_user("moderator", "mia")
        for _ in range(8):
            one = waiting()
            claim_next(person)
            decision = decide(person, one, "approve")

            def answer(one=one):
                now = timezone.now()
                return Event.objects.filter(subject=str(one.id), spread_at=None, cancelled_at=None).update(
                    spread_at=now
                )

            undone, spread = at_once(lambda decision=decision: undo(person, decision), answer)
            state = Submission.objects.get(id=one.id).state
            assert (isinstance(undone, TooLate), spread, state) in [(True, 1, State.APPROVED), (False, 0, State.QUEUED)]
            Claim.objects.all().delete()
            Submission.objects.filter(state=State.QUEUED).delete()

    def test_eight_undos_are_one(self, at_once, make_user, waiting):
        person = make_user("moderator", "mia")
        waiting()
        decision = decide(person, claim_next(person), "approve")
        got = at_once(*[lambda: undo(person, Decision.objects.get(id=decision.id))] * 8)
        assert got == [None] * 8
        assert AuditEvent.objects.filter(verb=Verb.UNDO).count() == 1
        assert Claim.objects.count() == 1
