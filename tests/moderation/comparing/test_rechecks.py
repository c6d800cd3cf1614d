"""A rejection is looked at again by one person; what they say teaches, and only the prefilter can be overruled."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connections
from django.utils import timezone

from brickmod.access.models import AuditEvent, Verb
from brickmod.outbox.models import Event
from featurestore.compare.models import Pair
from featurestore.store import get_store
from moderation.comparing.actions import NotThere, answer, open_rechecks, pass_on, take
from moderation.desk.actions import claim_next, decide
from moderation.intake.actions import erase
from moderation.intake.models import Submission
from moderation.intake.public import public
from moderation.prefilter.links import features_of
from moderation.prefilter.models import Recheck

pytestmark = pytest.mark.django_db


def learned(submission) -> list[tuple[str, str, str]]:
    return [(one.task, one.value, one.source) for one in get_store().said(features_of(list(submission.parts.all())))]


def test_rightly_rejected(rejected, paired, moderator):
    one = rejected()
    pair = paired(one)
    assert take(moderator).submission_id == one.id
    answer(moderator, one.id, "right")
    one.refresh_from_db()
    assert (one.state, one.decided_by) == ("rejected", "prefilter")
    assert learned(one) == [("face", "yes", "second_look")]
    pair.refresh_from_db()
    assert pair.label is True
    assert not open_rechecks().exists()
    event = AuditEvent.objects.get(verb=Verb.RECHECK)
    assert (event.object_id, event.user) == (str(one.trail), moderator)
    assert (event.old, event.new) == ({"state": "rejected", "reasons": ["face"]}, {"state": "rejected"})
    assert take(moderator) is None


def test_put_back_and_approved(rejected, paired, moderator, second_moderator):
    one = rejected()
    pair = paired(one)
    answer(moderator, one.id, "back")
    one.refresh_from_db()
    told = public(one)
    assert (told["status"], told["decided_by"], told["reasons"], told["feedback"]) == ("queued", None, [], "")
    assert one.review_due_at > timezone.now()
    assert not Event.objects.exists()  # the app hears of a decision, and of no second look of the detectors
    pair.refresh_from_db()
    assert pair.label is False
    assert learned(one) == [("face", "no", "second_look")]
    decide(second_moderator, claim_next(second_moderator), "approve")
    assert Event.objects.get().type == "submission.decided"
    assert ("face", "no", "moderator") in learned(one)
    pair.refresh_from_db()
    assert pair.label is False


def test_put_back_and_rejected_after_all(rejected, paired, moderator, second_moderator):
    one = rejected()
    pair = paired(one)
    answer(moderator, one.id, "back")
    decide(second_moderator, claim_next(second_moderator), "reject", ["face"])
    pair.refresh_from_db()
    assert pair.label is True  # the last word


def test_no_person_is_overruled(rejected, moderator, calling_app, second_moderator):
    one = rejected()
    Submission.objects.filter(id=one.id).update(decided_by="moderator")
    assert take(moderator) is None
    with pytest.raises(NotThere, match="no rejection of the prefilter"):
        answer(moderator, one.id, "back")
    one.refresh_from_db()
    assert (one.state, one.decided_by) == ("rejected", "moderator")
    assert learned(one) == []


def test_what_was_not_drawn_cannot_be_put_back(rejected, moderator):
    with pytest.raises(NotThere, match="not drawn"):
        answer(moderator, rejected(drawn=False).id, "back")
    with pytest.raises(NotThere, match="withdrawn"):
        answer(moderator, uuid4(), "right")


def test_the_same_answer_twice_is_one(rejected, moderator, second_moderator):
    one = rejected()
    answer(moderator, one.id, "right")
    answer(moderator, one.id, "right")
    assert AuditEvent.objects.filter(verb=Verb.RECHECK).count() == 1
    for user, said in ((moderator, "back"), (second_moderator, "right")):
        with pytest.raises(NotThere, match="answered already"):
            answer(user, one.id, said)
    assert len(learned(one)) == 1


def test_one_person_has_one(rejected, moderator, second_moderator):
    first, second = rejected(0.1), rejected(0.9)
    assert take(moderator).submission_id == take(moderator).submission_id == first.id
    assert take(second_moderator).submission_id == second.id
    with pytest.raises(NotThere, match="Somebody else"):
        answer(second_moderator, first.id, "right")
    pass_on(moderator, first.id)
    assert take(moderator, besides=[first.id]) is None
    assert take(moderator).submission_id == first.id
    Recheck.objects.update(held_until=timezone.now() - timedelta(seconds=1))
    assert take(second_moderator).submission_id == first.id


def test_languages_that_a_person_reads_come_first(rejected, make_user):
    rejected(0.1, language="de")
    danish = rejected(0.9, language="da")
    reader = make_user("moderator", "dana", languages=["da"])
    assert take(reader).submission_id == danish.id


def test_after_the_window_nothing_is_asked(rejected, moderator, settings):
    one = rejected()
    Recheck.objects.update(drawn_at=timezone.now() - timedelta(hours=settings.LINK_HOURS, minutes=1))
    assert take(moderator) is None
    assert Submission.objects.get(id=one.id).state == "rejected"


@pytest.mark.parametrize("role", ["ml_engineer", ""])
def test_who_may_not_decide_may_not_do_this_either(rejected, make_user, role):
    one, user = rejected(), make_user(role)
    for act in (lambda: take(user), lambda: answer(user, one.id, "back"), lambda: pass_on(user, one.id)):
        with pytest.raises(PermissionDenied):
            act()


def test_an_erased_submission_takes_all_with_it(rejected, paired):
    one = rejected()
    paired(one)
    other = paired(rejected())
    receipt = erase(one)
    assert (receipt.counts["pairs"], receipt.counts["features"]) == (1, 1)
    assert list(Pair.objects.all()) == [other]
    assert Recheck.objects.count() == 1


@pytest.mark.django_db(transaction=True)
class TestAtOnce:
    def test_two_people_never_get_the_same(self, at_once, rejected, make_user):
        for n in range(6):
            rejected(n / 10)
        people = [make_user("moderator", f"m{n}") for n in range(6)]
        got = at_once(*(lambda user=user: take(user).submission_id for user in people))
        assert len(set(got)) == 6, got

    def test_one_answer_counts(self, at_once, rejected, paired, make_user):
        one = rejected()
        paired(one)
        people = [make_user("moderator", f"m{n}") for n in range(4)]
        said = at_once(
            *(lambda user=user, n=n: answer(user, one.id, ["right", "back"][n % 2]) for n, user in enumerate(people))
        )
        assert sorted(type(one).__name__ for one in said) == ["NotThere"] * 3 + ["Recheck"]
        recheck = Recheck.objects.get()
        assert Pair.objects.get().label is (recheck.answer == "right")
        assert Submission.objects.get().state == {"right": "rejected", "back": "queued"}[recheck.answer]
        assert AuditEvent.objects.filter(verb=Verb.RECHECK).count() == 1
        connections.close_all()

    def test_erased_and_answered_at_once(self, at_once, rejected, paired, moderator):
        one = rejected()
        paired(one)
        at_once(lambda: erase(Submission.objects.get(id=one.id)), lambda: answer(moderator, one.id, "back"))
        assert (Submission.objects.count(), Pair.objects.count(), Recheck.objects.count()) == (0, 0, 0)
