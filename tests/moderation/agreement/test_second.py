"""A second decision: drawn, blind, by another person, without any consequence but one that a lead wants."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from brickmod.outbox.models import Event
from featurestore.store import get_store
from moderation.agreement import second
from moderation.agreement.models import SecondLook
from moderation.agreement.second import NotThere
from moderation.desk.actions import claim_next, decide, undo
from moderation.desk.errors import BadReason
from moderation.desk.models import Decision
from moderation.intake.models import State, Submission
from moderation.prefilter.models import Finding
from tests.moderation.desk.conftest import feature_of  # noqa: F401  (a fixture)

pytestmark = pytest.mark.django_db
BOX = {"x": 0.2, "y": 0.2, "w": 0.3, "h": 0.4, "label": "a-box-label", "score": 0.87654}
SPAN = {"start": 0, "end": 2, "label": "a-span"}


def said_of(feature, task="profanity") -> list[tuple[str, str, bool]]:
    return [(row.source, row.value, row.withdrawn) for row in get_store().said([feature]) if row.task == task]


def test_drawn_once_and_not_before_the_undo_is_over(waiting, moderator, settings):
    settings.SECOND_DECISION_PERCENT = 100
    waiting()
    made = decide(moderator, claim_next(moderator), "approve")
    assert second.draw() == 0
    later = timezone.now() + timedelta(seconds=12)
    assert second.draw(later) == 1
    assert second.draw(later + timedelta(seconds=30)) == 0
    look = SecondLook.objects.get()
    assert (look.decision, look.first_by, look.first_outcome, look.chance) == (made, moderator, "approve", 1.0)


def test_what_was_undone_is_not_drawn(waiting, moderator, settings):
    settings.SECOND_DECISION_PERCENT = 100
    waiting()
    made = decide(moderator, claim_next(moderator), "approve")
    undo(moderator, made)
    assert second.draw(timezone.now() + timedelta(seconds=60)) == 0


def test_as_many_as_the_setting_says(decided, settings):
    settings.SECOND_DECISION_PERCENT = 5
    rows = [second.number(made.id) < 0.05 for made in (decided() for _ in range(30))]
    second.draw()
    assert SecondLook.objects.count() == sum(rows)
    draws = [second.number(Decision(id=Submission().id).id) for _ in range(4000)]
    assert 0.5 - 0.05 < sum(draws) / len(draws) < 0.5 + 0.05  # ten standard errors


def test_another_person_and_one_at_a_time(decided, moderator, second_moderator, lead):
    decided()
    second.draw()
    assert second.take(moderator) is None
    look = second.take(second_moderator)
    assert second.take(second_moderator) == look
    assert second.take(lead) is None
    with pytest.raises(NotThere):
        second.answer(lead, look.id, "approve", [])
    with pytest.raises(NotThere):
        second.answer(moderator, look.id, "approve", [])
    second.pass_on(second_moderator, look.id)
    assert second.take(lead) == look
    with pytest.raises(IntegrityError), transaction.atomic():  # the database holds it too
        SecondLook.objects.filter(id=look.id).update(
            outcome="approve", answered_by=moderator, answered_at=timezone.now()
        )


def test_it_changes_nothing_that_the_child_or_the_app_sees(decided, second_moderator):
    made = decided("approve")
    second.draw()
    fields = ("state", "decided_by", "decided_at", "answer_at", "reasons", "feedback")
    before = (Submission.objects.values_list(*fields).get(), Event.objects.count(), Decision.objects.count())
    look = second.take(second_moderator)
    second.answer(second_moderator, look.id, "reject", ["rude"])
    assert (Submission.objects.values_list(*fields).get(), Event.objects.count(), Decision.objects.count()) == before
    made.refresh_from_db()
    assert made.reversed_at is None
    look.refresh_from_db()
    assert look.differs
    assert second.answer(second_moderator, look.id, "reject", ["rude"]) == look  # the answer was lost
    with pytest.raises(NotThere):
        second.answer(second_moderator, look.id, "approve", [])


def test_it_leaves_a_label_of_its_own_source(waiting, feature_of, moderator, second_moderator, settings):  # noqa: F811
    settings.SECOND_DECISION_PERCENT = 100
    row = waiting(text="darn")
    feature = feature_of(row, "text")
    decide(moderator, claim_next(moderator), "approve")
    second.draw(timezone.now() + timedelta(seconds=12))
    second.answer(second_moderator, second.take(second_moderator).id, "reject", ["rude"])
    assert said_of(feature) == [("moderator", "no", False), ("second_look", "yes", False)]


@pytest.mark.parametrize(
    ("first", "then", "differs"),
    [
        (("approve", []), ("approve", []), False),
        (("reject", ["rude"]), ("reject", ["rude", "advert"]), False),
        (("reject", ["rude"]), ("reject", ["advert"]), True),
        (("reject", ["rude"]), ("approve", []), True),
    ],
)
def test_what_is_a_difference(first, then, differs):
    assert second.differ(*first, *then) is differs


@pytest.mark.parametrize(
    ("outcome", "reasons"), [("approve", ["rude"]), ("reject", []), ("reject", ["king"]), ("", [])]
)
def test_what_is_no_answer(decided, second_moderator, outcome, reasons):
    decided()
    second.draw()
    with pytest.raises(BadReason):
        second.answer(second_moderator, second.take(second_moderator).id, outcome, reasons)


# -- settling --------------------------------------------------------------------------------------------------------
@pytest.fixture
def different(waiting, feature_of, moderator, second_moderator, settings):  # noqa: F811
    """`mia` approved it, `max` would reject it. (look, its feature)"""
    settings.SECOND_DECISION_PERCENT = 100
    row = waiting(text="darn")
    feature = feature_of(row, "text")
    decide(moderator, claim_next(moderator), "approve")
    past = timezone.now() - timedelta(minutes=1)
    Decision.objects.update(decided_at=past)
    Submission.objects.update(answer_at=past)
    second.draw()
    look = second.take(second_moderator)
    return second.answer(second_moderator, look.id, "reject", ["rude"]), feature


def test_a_lead_reverses_by_the_desks_own_action(different, lead):
    look, feature = different
    second.settle(lead, look.id, "second", "it is an insult")
    row = Submission.objects.get()
    assert (row.state, [reason["code"] for reason in row.reasons]) == (State.REJECTED, ["rude"])
    new = Decision.objects.standing().get()
    assert (new.reverses_id, new.moderator, new.note) == (look.decision_id, lead, "Second look: it is an insult")
    assert ("second_look", "yes", False) in said_of(feature)
    with pytest.raises(NotThere):
        second.settle(lead, look.id, "left", "again")


def test_or_says_that_the_first_was_right_and_the_label_follows(different, lead):
    look, feature = different
    second.settle(lead, look.id, "first", "a mild cry")
    assert Submission.objects.get().state == State.APPROVED
    assert said_of(feature)[-1] == ("second_look", "no", False)


def test_or_leaves_it(different, lead):
    look, feature = different
    before = said_of(feature)
    second.settle(lead, look.id, "left", "on the border")
    assert Submission.objects.get().state == State.APPROVED
    assert said_of(feature) == before
    assert not SecondLook.objects.to_settle().exists()


def test_a_third_person_with_the_right_and_with_words(different, second_moderator, make_user, lead):
    look, _ = different
    with pytest.raises(PermissionDenied):
        second.settle(second_moderator, look.id, "second", "mine")
    with pytest.raises(BadReason):
        second.settle(lead, look.id, "second", " ")
    SecondLook.objects.filter(id=look.id).update(answered_by=lead)
    with pytest.raises(NotThere):
        second.settle(lead, look.id, "second", "mine")


# -- pages -----------------------------------------------------------------------------------------------------------
def test_the_page_is_blind(decided, lead, second_moderator, logged_in):
    made = decided(
        "reject", ["personal_data"], pictures=1, text="my own words",
        found=[("image:0", "face", "flag", "face", [BOX]), ("text", "profanity", "flag", "rude", [SPAN])],
    )  # fmt: skip
    Decision.objects.update(note="a note of the first")
    second.draw()
    client = logged_in(second_moderator)
    page = client.get(reverse("agreement-second")).content.decode()
    assert "my own words" in page
    look = SecondLook.objects.get()
    row = made.submission
    for hidden in (
        "a-box-label", "a-span", "0.7", "87654", "Scores", "Why it is here", "a note of the first", row.feedback,
        "The child reads", str(row.id), str(made.id), "mia", "suspected", row.author, "What happened",
    ):  # fmt: skip
        assert hidden not in page, hidden
    assert Finding.objects.count() == 2
    # Nor elsewhere, until it is answered.
    reading = reverse("desk-submission", args=[row.id])
    assert client.get(reading).status_code == 403
    client.post(reverse("agreement-second-answer", args=[look.id]), {"approve": "1"})
    assert client.get(reading).status_code == 200
    listed = logged_in(lead).get(reverse("agreement-differences")).content.decode()
    assert "mia" in listed
    assert "max" in listed
    assert client.get(reverse("agreement-differences")).status_code == 403


def test_a_lead_settles_by_the_page(decided, lead, second_moderator, logged_in):
    decided("approve")
    second.draw()
    look = second.take(second_moderator)
    second.answer(second_moderator, look.id, "reject", ["rude"])
    sent = {"settled": "second", "note": "plainly rude"}
    page = logged_in(lead).post(reverse("agreement-settle", args=[look.id]), sent, follow=True).content.decode()
    assert "Settled, and reversed: the app is told." in page
    assert Submission.objects.get().state == State.REJECTED


def test_what_is_passed_on_is_for_others(decided, second_moderator, logged_in):
    decided()
    second.draw()
    client = logged_in(second_moderator)
    client.get(reverse("agreement-second"))
    client.post(reverse("agreement-second-skip", args=[SecondLook.objects.get().id]))
    assert "Nothing to look at a second time" in client.get(reverse("agreement-second")).content.decode()


def test_the_app_sees_nothing_of_it(decided, second_moderator, api):
    made = decided("approve")
    url = f"/api/v1/submissions/{made.submission_id}/?expand=findings"
    before = api.get(url).json()
    second.draw()
    second.answer(second_moderator, second.take(second_moderator).id, "reject", ["rude"])
    assert api.get(url).json() == before


def test_an_erasure_takes_it_along(decided, second_moderator):
    from moderation.intake.actions import erase

    made = decided()
    second.draw()
    erase(made.submission)
    assert not SecondLook.objects.exists()
