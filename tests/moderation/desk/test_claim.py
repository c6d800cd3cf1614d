"""Who gets what, in which order, and that two people never get the same."""

from collections import Counter
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from brickmod.access.models import AuditEvent, Verb
from moderation.desk.actions import claim_next, release, renew
from moderation.desk.claims import MAX_HELD
from moderation.desk.models import Claim
from moderation.intake.models import State, Submission

pytestmark = pytest.mark.django_db


def expire(submission: Submission) -> None:
    Claim.objects.filter(submission=submission).update(leased_until=timezone.now() - timedelta(seconds=1))


def test_most_due_first_and_what_must_be_looked_at_at_once_before_it(waiting, moderator):
    calm, late, urgent = waiting(10), waiting(-3), waiting(14, priority=2)
    taken = []
    for _ in range(3):
        taken.append(claim_next(moderator, besides=[one.id for one in taken]))
    assert taken == [urgent, late, calm]


def test_equal_due_times_are_told_apart_by_id(waiting, moderator):
    due = timezone.now()
    rows = [waiting(review_due_at=due) for _ in range(3)]
    assert claim_next(moderator).id == min(row.id for row in rows)


def test_asking_again_gives_the_same_again(waiting, moderator):
    waiting(5), waiting(6)
    assert claim_next(moderator) == claim_next(moderator)
    assert Claim.objects.count() == 1


def test_ahead_is_what_comes_after(waiting, moderator):
    first, second = waiting(5), waiting(6)
    assert claim_next(moderator, ahead=1) == second
    assert claim_next(moderator) == first


def test_nobody_holds_more_than_three(waiting, moderator):
    rows = [waiting(n) for n in range(MAX_HELD + 2)]
    held = []
    while got := claim_next(moderator, besides=[one.id for one in held]):
        held.append(got)
    assert held == rows[:MAX_HELD]


def test_what_is_held_is_not_given_to_others(waiting, moderator, second_moderator):
    one = waiting()
    assert claim_next(moderator) == one
    assert claim_next(second_moderator) is None


def test_a_lease_that_ran_out_is_taken_over(waiting, moderator, second_moderator):
    one = waiting()
    claim_next(moderator)
    expire(one)
    assert claim_next(second_moderator) == one
    assert renew(moderator, [one.id]) == []
    assert Claim.objects.get().moderator == second_moderator


def test_a_lease_that_ran_out_while_nobody_else_came_can_be_renewed(waiting, moderator, second_moderator):
    one = waiting()
    claim_next(moderator)
    expire(one)
    assert renew(moderator, [one.id]) == [one.id]
    assert claim_next(second_moderator) is None


def test_renewing_says_what_is_lost(waiting, moderator):
    held, withdrawn, never = waiting(1), waiting(2), waiting(3)
    claim_next(moderator, ahead=1)
    Submission.objects.filter(id=withdrawn.id).update(state=State.WITHDRAWN)
    assert renew(moderator, [held.id, withdrawn.id, never.id]) == [held.id]


def test_released_goes_to_the_next_person(waiting, moderator, second_moderator):
    one = waiting()
    claim_next(moderator)
    assert release(moderator, [one.id]) == 1
    assert claim_next(second_moderator) == one


def test_a_page_that_was_left_does_not_take_from_the_page_that_followed(waiting, moderator):
    one = waiting()
    claim_next(moderator)
    until = Claim.objects.get().leased_until
    claim_next(moderator)  # the next page has begun, and its claim is newer
    assert release(moderator, [one.id], until=until) == 0
    assert Claim.objects.get().submission == one


def test_nobody_can_release_for_another(waiting, moderator, second_moderator):
    one = waiting()
    claim_next(moderator)
    assert release(second_moderator, [one.id]) == 0


def test_languages_that_a_person_reads_come_first_but_nobody_is_left_idle(waiting, make_user):
    reader = make_user("moderator", "ditte", languages=["de"])
    danish, german = waiting(1, language="da"), waiting(9, language="de-AT")
    assert claim_next(reader) == german
    assert claim_next(reader, ahead=1) == danish


def test_only_who_may_decide_can_claim(waiting, outsider, ml_engineer):
    waiting()
    for person in (outsider, ml_engineer):
        with pytest.raises(PermissionDenied):
            claim_next(person)
    assert not Claim.objects.exists()


@pytest.mark.parametrize("state", [State.ANALYSING, State.APPROVED, State.REJECTED, State.WITHDRAWN])
def test_only_what_waits_is_given(waiting, moderator, state):
    waiting(state=state, decided_by="moderator")
    assert claim_next(moderator) is None


def test_each_claim_is_in_the_trail_once(waiting, moderator):
    one = waiting()
    claim_next(moderator), claim_next(moderator)
    event = AuditEvent.objects.get(verb=Verb.CLAIM)
    assert (event.user, event.object_id) == (moderator, str(one.trail))


def test_the_number_of_queries_does_not_grow(waiting, moderator, django_assert_max_num_queries):
    for n in range(30):
        waiting(n, pictures=2)
    moderator.has_perm("desk.decide")  # asked once a request, and kept
    with django_assert_max_num_queries(19):
        claim_next(moderator)
    with django_assert_max_num_queries(8):
        claim_next(moderator)


@pytest.mark.django_db(transaction=True)
class TestAtOnce:
    def test_eight_people_get_eight_different_ones(self, at_once, make_user, waiting):
        people = [make_user("moderator", f"m{n}") for n in range(8)]
        rows = [waiting(n) for n in range(8)]
        got = at_once(*[lambda person=person: claim_next(person) for person in people])
        assert Counter(one.id for one in got) == Counter(row.id for row in rows)

    def test_eight_people_and_one_submission(self, at_once, make_user, waiting):
        people = [make_user("moderator", f"m{n}") for n in range(8)]
        for _ in range(5):
            one = waiting()
            got = at_once(*[lambda person=person: claim_next(person) for person in people])
            assert [answer for answer in got if answer is not None] == [one]
            Submission.objects.filter(id=one.id).delete()

    def test_a_lease_that_ran_out_goes_to_one_of_eight(self, at_once, make_user, waiting):
        people = [make_user("moderator", f"m{n}") for n in range(9)]
        one = waiting()
        claim_next(people[8])
        expire(one)
        got = at_once(*[lambda person=person: claim_next(person) for person in people[:8]])
        assert [answer for answer in got if answer is not None] == [one]

    def test_tabs_of_one_person_together_hold_three(self, at_once, make_user, waiting):
        person = make_user("moderator", "mia")
        for n in range(12):
            waiting(n)
        at_once(*[lambda ahead=ahead: claim_next(person, ahead=ahead % 3) for ahead in range(8)])
        assert Claim.objects.filter(moderator=person).count() == MAX_HELD
