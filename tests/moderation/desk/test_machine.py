"""Random histories of a few submissions, and what must hold after every step, whoever does what when."""

from datetime import timedelta

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from brickmod.outbox.models import Event
from moderation.desk.actions import NotYours, TooLate, claim_next, decide, release, renew, skip, undo
from moderation.desk.claims import MAX_HELD
from moderation.desk.models import Claim, Decision
from moderation.intake.actions import erase
from moderation.intake.models import DecidedBy, State, Submission

pytestmark = pytest.mark.django_db

PEOPLE = st.integers(0, 1)
ANY = st.integers(0, 50)
STATES = {"approve": State.APPROVED, "reject": State.REJECTED}


def machine_of(people, waiting) -> type[RuleBasedStateMachine]:
    class Desk(RuleBasedStateMachine):
        def __init__(self) -> None:
            super().__init__()
            Decision.objects.all().delete()
            Submission.objects.all().delete()
            Event.objects.all().delete()
            self.skipped: set = set()

        # -- what can happen
        @rule(minutes=st.integers(-5, 14))
        def submit(self, minutes):
            waiting(minutes)

        @rule(who=PEOPLE, more=st.booleans())
        def claim(self, who, more):
            held = Claim.objects.filter(moderator=people[who]).values_list("submission_id", flat=True)
            one = claim_next(people[who], besides=list(held) if more else ())
            if one is not None:
                assert one.state == State.QUEUED
                assert Claim.objects.get(submission=one).moderator == people[who]
                assert (who, one.id) not in self.skipped

        @precondition(lambda self: Claim.objects.exists())
        @rule(which=ANY)
        def expire(self, which):
            claim = self.pick(Claim.objects.order_by("id"), which)
            Claim.objects.filter(id=claim.id).update(leased_until=timezone.now() - timedelta(seconds=1))

        @rule(who=PEOPLE)
        def renew(self, who):
            ids = list(Submission.objects.values_list("id", flat=True))
            held = renew(people[who], ids)
            assert set(held) == set(Claim.objects.filter(moderator=people[who]).values_list("submission_id", flat=True))

        @rule(who=PEOPLE)
        def leave(self, who):
            release(people[who])

        @precondition(lambda self: Claim.objects.exists())
        @rule(which=ANY, stranger=st.booleans(), outcome=st.sampled_from(["approve", "reject"]))
        def decide(self, which, stranger, outcome):
            claim = self.pick(Claim.objects.order_by("id"), which)
            who = next(person for person in people if (person.id == claim.moderator_id) != stranger)
            may = not stranger and claim.leased_until > timezone.now()
            try:
                decide(who, claim.submission, outcome, ["rude"] if outcome == "reject" else [])
            except NotYours:
                assert not may
            else:
                assert may

        @precondition(lambda self: Submission.objects.exclude(state=State.QUEUED).exists())
        @rule(who=PEOPLE, which=ANY)
        def decide_again(self, who, which):
            one = self.pick(Submission.objects.exclude(state=State.QUEUED).order_by("received_at", "id"), which)
            with pytest.raises(NotYours):
                decide(people[who], one, "approve")

        @precondition(lambda self: Decision.objects.filter(undone_at=None).exists())
        @rule(which=ANY, stranger=st.booleans())
        def undo(self, which, stranger):
            decision = self.pick(Decision.objects.filter(undone_at=None).order_by("decided_at", "id"), which)
            who = next(person for person in people if (person.id == decision.moderator_id) != stranger)
            answered = Event.objects.filter(key=f"decided:{decision.id}", spread_at__isnull=False).exists()
            try:
                undo(who, decision)
            except NotYours:
                assert stranger
            except TooLate:
                assert answered
                assert not stranger
            else:
                assert not answered
                assert not stranger
                assert Claim.objects.live().filter(submission=decision.submission_id, moderator=who).exists()

        @precondition(lambda self: Submission.objects.exists())
        @rule(who=PEOPLE, which=ANY)
        def skip(self, who, which):
            one = self.pick(Submission.objects.order_by("received_at", "id"), which)
            try:
                skip(people[who], one)
            except NotYours:
                return
            self.skipped.add((who, one.id))

        @precondition(lambda self: Event.objects.filter(spread_at=None, cancelled_at=None).exists())
        @rule(which=ANY)
        def answer(self, which):
            """The undo window ends, and the app hears."""
            event = self.pick(Event.objects.filter(spread_at=None, cancelled_at=None).order_by("key"), which)
            now = timezone.now()
            Event.objects.filter(id=event.id).update(spread_at=now, not_before=now)
            Submission.objects.filter(id=event.subject).update(answer_at=now - timedelta(seconds=1))

        @precondition(lambda self: Submission.objects.exists())
        @rule(which=ANY)
        def withdraw(self, which):
            erase(self.pick(Submission.objects.order_by("received_at", "id"), which))

        @staticmethod
        def pick(rows, which):
            rows = list(rows)
            return rows[which % len(rows)]

        # -- what must hold
        @invariant()
        def nothing_is_decided_without_a_standing_person(self):
            for one in Submission.objects.all():
                standing = list(one.decisions.filter(undone_at=None))
                if one.state in STATES.values():
                    assert [STATES[decision.outcome] for decision in standing] == [one.state]
                    assert one.decided_by == DecidedBy.MODERATOR
                else:
                    assert standing == []
                    assert (one.decided_by, one.decided_at, one.answer_at) == (None, None, None)

        @invariant()
        def the_app_knows_nothing_before_its_time(self):
            for one in Submission.objects.exclude(state=State.QUEUED):
                told = Event.objects.filter(subject=str(one.id), spread_at__isnull=False, cancelled_at=None).exists()
                assert (one.public_state() == one.state) == told

        @invariant()
        def nothing_is_told_that_was_undone(self):
            for decision in Decision.objects.exclude(undone_at=None):
                event = Event.objects.get(key=f"decided:{decision.id}")
                assert event.cancelled_at is not None
                assert event.spread_at is None

        @invariant()
        def claims_are_few_and_on_what_waits(self):
            for person in people:
                assert Claim.objects.live().filter(moderator=person).count() <= MAX_HELD
            assert not Claim.objects.exclude(submission__state=State.QUEUED).exists()

    return Desk


def test_random_histories(make_user, waiting):
    people = [make_user("moderator", f"m{n}") for n in range(2)]
    rules = settings(
        max_examples=25,
        stateful_step_count=30,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.generate],  # a history is short enough to read; making it shorter takes minutes
    )
    run_state_machine_as_test(machine_of(people, waiting), settings=rules)
