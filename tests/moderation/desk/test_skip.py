"""Passing one on: others are asked, this person is not asked again."""

import pytest

from brickmod.access.models import AuditEvent, Verb
from moderation.desk.actions import NotYours, claim_next, decide, skip
from moderation.desk.models import Claim, Skip
from moderation.intake.models import State, Submission

pytestmark = pytest.mark.django_db


def test_others_get_it_and_this_person_gets_the_next(waiting, moderator, second_moderator):
    first, second = waiting(1), waiting(2)
    skip(moderator, claim_next(moderator))
    assert claim_next(moderator) == second
    assert claim_next(second_moderator) == first
    assert Submission.objects.get(id=first.id).state == State.QUEUED


def test_never_again(waiting, moderator):
    waiting()
    skip(moderator, claim_next(moderator))
    assert claim_next(moderator) is None


def test_it_is_in_the_trail(waiting, moderator):
    one = waiting()
    skip(moderator, claim_next(moderator))
    assert AuditEvent.objects.get(verb=Verb.SKIP).object_id == str(one.trail)


def test_only_what_one_holds(waiting, moderator, second_moderator):
    one = waiting()
    claim_next(moderator)
    with pytest.raises(NotYours):
        skip(second_moderator, one)
    assert Claim.objects.get().moderator == moderator
    assert not Skip.objects.exists()


def test_not_what_is_decided(waiting, moderator):
    waiting()
    one = claim_next(moderator)
    decide(moderator, one, "approve")
    with pytest.raises(NotYours, match="decided"):
        skip(moderator, one)


@pytest.mark.django_db(transaction=True)
def test_skip_and_decide_at_once(at_once, make_user, waiting):
    person = make_user("moderator", "mia")
    for _ in range(5):
        one = waiting()
        claim_next(person)
        skipped, decided = at_once(lambda one=one: skip(person, one), lambda one=one: decide(person, one, "approve"))
        state = Submission.objects.get(id=one.id).state
        if isinstance(skipped, NotYours):
            assert state == State.APPROVED
        else:
            assert isinstance(decided, NotYours)
            assert state == State.QUEUED
        Submission.objects.filter(state=State.QUEUED).delete()
