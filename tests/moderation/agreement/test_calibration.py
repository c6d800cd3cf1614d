"""The month's set: the same for all, once, blind; and what the pages make of all that people said."""

import csv
import io
import re
from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone

from moderation.agreement import calibration, reading
from moderation.agreement.models import CalibrationAnswer, CalibrationItem, CalibrationSet, KnownAnswer, KnownCase
from moderation.agreement.second import NotThere
from moderation.intake.models import State, Submission

pytestmark = pytest.mark.django_db


@pytest.fixture
def month(decided, settings) -> CalibrationSet:
    """A set of twelve, half of them rejected."""
    settings.CALIBRATION_SIZE = 12
    for n in range(12):
        decided(*(("reject", ["rude"]) if n % 2 else ("approve",)), title=f"Number {n}")
    return calibration.draw()


def answer_all(person, month, of=lambda row: row.state == State.APPROVED) -> None:
    for item in month.items.select_related("submission"):
        approve = of(item.submission)
        calibration.answer(person, item.id, "approve" if approve else "reject", [] if approve else ["rude"])


def test_one_set_a_month_and_no_submission_twice(month, decided, settings):
    assert calibration.draw() == month
    assert month.items.count() == 12
    assert set(month.items.values_list("submission__state", flat=True)) == {State.APPROVED, State.REJECTED}
    following = month.month + timedelta(days=32)
    assert calibration.draw(following) is None  # nothing new was decided
    for _ in range(6):
        decided()
    assert calibration.draw(following).items.count() >= calibration.LEAST
    assert CalibrationItem.objects.values("submission").distinct().count() == CalibrationItem.objects.count()


def test_only_leads_ask_for_one(moderator, lead):
    with pytest.raises(PermissionDenied):
        calibration.draw(by=moderator)
    assert calibration.draw(by=lead) is None


def test_the_first_answer_counts_and_changes_nothing(month, second_moderator):
    before = list(Submission.objects.order_by("id").values())
    item = calibration.next_item(second_moderator, month)
    calibration.answer(second_moderator, item.id, "approve", [])
    assert calibration.answer(second_moderator, item.id, "reject", ["rude"]).outcome == "approve"
    assert calibration.next_item(second_moderator, month) != item
    assert calibration.done(second_moderator, month) == (1, 12)
    assert list(Submission.objects.order_by("id").values()) == before


def test_last_months_set_is_over(month, second_moderator):
    CalibrationSet.objects.update(month=date(2020, 1, 1))
    with pytest.raises(NotThere):
        calibration.answer(second_moderator, month.items.first().id, "approve", [])


def test_who_has_begun_reads_elsewhere_only_what_they_answered(month, second_moderator, logged_in):
    client = logged_in(second_moderator)
    first, second = month.items.all()[:2]
    client.post(reverse("agreement-month-answer", args=[first.id]), {"approve": "1"})
    assert client.get(reverse("desk-submission", args=[first.submission_id])).status_code == 200
    assert client.get(reverse("desk-submission", args=[second.submission_id])).status_code == 403
    page = client.get(reverse("agreement-month")).content.decode()
    assert "11 left" in page
    assert str(second.submission_id) not in page


# -- what comes of it ------------------------------------------------------------------------------------------------
SINCE = timedelta(days=30)


def test_people_are_compared_with_what_most_others_said(month, moderator, second_moderator, lead):
    answer_all(moderator, month)
    answer_all(second_moderator, month)
    answer_all(lead, month, of=lambda row: True)  # approves all
    found, order = reading.units(timezone.now() - SINCE), reading.weights()
    assert len(found) == 12
    people = {one.name: one for one in reading.people(found, timezone.now() - SINCE, order)}
    assert list(people) == ["lea", "max", "mia"]  # by name, however they did
    # Beside `lea` no majority is left for the other two where she differs from them.
    assert (people["lea"].compared, people["mia"].compared) == (12, 6)
    assert people["lea"].with_others.figure == pytest.approx(0)
    by_reason, outcomes = reading.overall(found, order)
    assert 0 < outcomes.figure < 1
    [(reason, named, figure)] = reading.by_reason(found)
    assert (reason.code, named, figure) == ("rude", 6, outcomes) == ("rude", 6, by_reason)


def test_the_weightiest_reason_is_the_word_for_it():
    said = reading.Said("reject", frozenset({"a", "b"}))
    assert reading.value_of(said, {"a": -10, "b": -90}) == "b"
    assert reading.value_of(reading.Said("approve", frozenset()), {}) == "approve"


@pytest.fixture
def some(month, moderator, second_moderator, lead) -> None:
    answer_all(moderator, month)
    answer_all(second_moderator, month, of=lambda row: row.id.int % 3 != 0)
    answer_all(lead, month)
    case = KnownCase.objects.create(
        submission=Submission.objects.filter(state=State.REJECTED).first(), outcome="reject", reasons=["rude"],
        why="An insult.", made_by=lead,
    )  # fmt: skip
    for right in (True, False):
        KnownAnswer.objects.create(
            case=case, person=second_moderator, where="grid", closed_at=timezone.now(),
            outcome="reject" if right else "approve", right=right,
        )  # fmt: skip


def test_a_lead_sees_all_and_nobody_is_ranked_by_speed(some, lead, second_moderator, logged_in):
    second_moderator.first_name = "=cmd()"  # what a spreadsheet would run
    second_moderator.save()
    client = logged_in(lead)
    page = client.get(reverse("agreement")).content.decode()
    for title in ("Each person beside the others", "Each reason", "The monthly sets", "An insult."):
        assert title in page
    assert not re.search(r"\b(seconds|speed|fast|slow|per hour|rank)\b", page.split("<main")[1], re.IGNORECASE)
    rows = list(csv.reader(io.StringIO(client.get(reverse("agreement-table", args=["people"])).content.decode())))
    assert rows[0][:3] == ["Person", "Compared", "Kappa"]
    assert [row[0] for row in rows[1:]] == ["'=cmd()", "lea", "mia"]
    known = client.get(reverse("agreement-table", args=["known"])).content.decode()
    assert "in a grid,2,1,50.0" in known
    assert client.get(reverse("agreement-table", args=["speed"])).status_code == 404


def test_a_moderator_sees_their_own_and_nobody_elses(some, moderator, second_moderator, logged_in):
    client = logged_in(second_moderator)
    page = client.get(reverse("agreement")).content.decode()
    assert "Your agreement with others" in page
    assert "1 of 2 as known" in page
    assert "An insult." in page
    assert not re.search(r"\b(mia|lea)\b", page.split("<main")[1])
    assert client.get(reverse("agreement-table", args=["people"])).status_code == 403
    assert "An insult." not in logged_in(moderator).get(reverse("agreement")).content.decode()


def test_a_page_before_anything_was_said(lead, moderator, logged_in):
    assert "ten that are not all the same are needed" in logged_in(lead).get(reverse("agreement")).content.decode()
    assert "You have met none yet." in logged_in(moderator).get(reverse("agreement")).content.decode()


def test_many_answers_cost_few_queries(some, lead, logged_in, django_assert_max_num_queries):
    with django_assert_max_num_queries(45):
        logged_in(lead).get(reverse("agreement"))
    assert CalibrationAnswer.objects.count() == 36
