"""Hidden in the very moment in which somebody else decides, hides or erases: one order or the other, never half."""

import pytest

from brickmod.outbox.models import Event
from moderation.desk import actions as desk
from moderation.desk.errors import NotYours
from moderation.desk.models import Decision
from moderation.desk.restricting import restrict
from moderation.intake.actions import Held, erase
from moderation.intake.models import State, Submission
from moderation.restricted.models import Case
from moderation.restricted.preserving import preserve
from tests import submissions

pytestmark = pytest.mark.django_db(transaction=True)


def test_hidden_while_somebody_else_decides(at_once, calling_app, moderator, second_moderator):
    for _ in range(6):
        one = submissions.waiting(calling_app)
        assert desk.claim_next(moderator).id == one.id
        decided, case = at_once(
            lambda one=one: desk.decide(moderator, Submission(id=one.id), "approve"),
            lambda one=one: restrict(second_moderator, Submission(id=one.id)),
        )
        assert isinstance(case, Case)
        assert isinstance(decided, Decision | NotYours)
        row = Submission.objects.get(id=one.id)
        assert (row.state, row.held, row.public_state()) == (State.WITHDRAWN, True, State.REJECTED)
        assert case.was["state"] == (State.APPROVED if isinstance(decided, Decision) else State.QUEUED)
        assert [event.payload["status"] for event in Event.objects.filter(subject=str(one.id))] == ["rejected"]
        with pytest.raises(NotYours):
            desk.undo(
                moderator, decided if isinstance(decided, Decision) else Decision(submission=one, moderator=moderator)
            )


def test_hidden_by_two_at_once_is_one_case(at_once, calling_app, moderator, second_moderator):
    one = submissions.waiting(calling_app)
    first, second = at_once(
        lambda: restrict(moderator, Submission(id=one.id)), lambda: restrict(second_moderator, Submission(id=one.id))
    )
    assert sorted([type(first), type(second)], key=str) == sorted([Case, NotYours], key=str)
    assert Case.objects.count() == 1


def test_hidden_while_the_app_erases_it(at_once, calling_app, moderator):
    for _ in range(4):
        one = submissions.waiting(calling_app, pictures=1)
        erased, case = at_once(
            lambda one=one: erase(Submission.objects.get(id=one.id)),
            lambda one=one: restrict(moderator, Submission(id=one.id)),
        )
        if isinstance(case, Case):
            assert isinstance(erased, Held)
            assert Submission.objects.get(id=one.id).held
        else:
            assert isinstance(case, NotYours)
            assert not Submission.objects.filter(id=one.id).exists()


def test_two_workers_preserve_it_once(at_once, calling_app, moderator):
    case = restrict(moderator, submissions.waiting(calling_app, pictures=1))
    at_once(lambda: preserve(Case.objects.get(id=case.id)), lambda: preserve(Case.objects.get(id=case.id)))
    case.refresh_from_db()
    assert case.state == "open"
    assert len(case.files) == 1
