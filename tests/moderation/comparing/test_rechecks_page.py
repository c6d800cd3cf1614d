"""The page of rechecks: it shows what was rejected and for what, and no score."""

import pytest
from django.urls import reverse

from moderation.feedback.models import Reason
from moderation.intake.models import Submission
from moderation.prefilter.models import Recheck

pytestmark = pytest.mark.django_db
URL = "/rechecks/"


def test_it_asks_without_a_score(rejected, moderator, logged_in):
    one = rejected(title="Min bil")
    page = logged_in(moderator).get(URL).content.decode()
    assert "Was this rejected rightly?" in page
    assert "Min bil" in page
    assert Reason.objects.get(code="face").title in page
    assert reverse("part-file", args=[one.parts.get(kind="image").id, "preview"]) in page
    assert "<rect" in page
    assert "0.7" not in page  # the score of every finding here
    assert "Scores" not in page


@pytest.mark.parametrize(("said", "state", "word"), [("right", "rejected", "rightly"), ("back", "queued", "Put back")])
def test_an_answer_leads_on(rejected, moderator, logged_in, said, state, word):
    one = rejected()
    page = logged_in(moderator).post(reverse("rechecks-answer", args=[one.id]), {"answer": said}, follow=True)
    assert word in page.content.decode()
    assert "Nothing to look at again" in page.content.decode()
    assert Submission.objects.get().state == state


def test_no_answer_and_a_late_one_change_nothing(rejected, moderator, second_moderator, logged_in):
    one = rejected()
    there = reverse("rechecks-answer", args=[one.id])
    assert "Choose:" in logged_in(moderator).post(there, {"answer": "maybe"}, follow=True).content.decode()
    assert Recheck.objects.get().answer == ""
    logged_in(moderator).post(there, {"answer": "right"})
    late = logged_in(second_moderator).post(there, {"answer": "back"}, follow=True)
    assert "answered already" in late.content.decode()


def test_passed_on_is_not_asked_again_until_wanted(rejected, moderator, logged_in):
    one, client = rejected(), logged_in(moderator)
    client.get(URL)
    page = client.post(reverse("rechecks-skip", args=[one.id]), follow=True).content.decode()
    assert "You passed some on." in page
    page = client.post(reverse("rechecks-again"), follow=True).content.decode()
    assert "Was this rejected rightly?" in page


def test_who_may_not_decide_sees_nothing(rejected, ml_engineer, logged_in):
    one = rejected()
    assert logged_in(ml_engineer).get(URL).status_code == 403
    for name in ("rechecks-answer", "rechecks-skip"):
        assert logged_in(ml_engineer).post(reverse(name, args=[one.id]), {"answer": "back"}).status_code == 403
    assert Submission.objects.get().state == "rejected"
