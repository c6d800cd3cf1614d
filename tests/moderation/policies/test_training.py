"""Cases with known answers, for one's own eyes."""

import pytest
from django.urls import reverse

from moderation.desk.actions import claim_next, decide
from moderation.feedback.models import Example
from moderation.intake.actions import erase
from moderation.policies.actions import NotDone
from moderation.policies.models import Answer, Case
from moderation.policies.training import answer, make_case, mine, next_case, progress
from tests.submissions import waiting

pytestmark = pytest.mark.django_db


def test_every_example_is_a_case_and_the_first_answer_counts(moderator):
    case = next_case(moderator)
    assert Case.objects.count() == Example.objects.count() > 20
    wrong = "reject" if case.outcome == "approve" else "approve"
    given = answer(moderator, case, wrong, ["other"] if wrong == "reject" else [])
    assert not given.right
    assert not answer(moderator, case, case.outcome, case.reasons).right
    assert next_case(moderator) != case
    assert mine(moderator)["done"] == 1
    with pytest.raises(NotDone):
        answer(moderator, next_case(moderator), "reject", [])


def test_a_past_decision_becomes_a_case_and_goes_with_its_submission(lead, moderator, second_moderator, calling_app):
    one = waiting(calling_app)
    with pytest.raises(NotDone, match="No person"):
        make_case(lead, one, "x")
    decide(moderator, claim_next(moderator), "reject", ["rude", "face"])
    case = make_case(lead, one, "both count")
    assert answer(second_moderator, case, "reject", ["face"]).right
    assert not answer(lead, case, "reject", ["advert"]).right
    erase(one)
    assert not Case.objects.filter(submission__isnull=False).exists()


def test_told_kindly_and_a_lead_sees_how_many(logged_in, lead, moderator, outsider):
    client = logged_in(moderator)
    client.get(reverse("training"))
    case = Case.objects.filter(outcome="reject").first()
    page = client.post(reverse("training-answer", args=[case.id]), {"approve": "1"}, follow=True).content.decode()
    assert "Seen otherwise" in page
    assert case.why in page
    assert "How far everybody is" not in page
    rows = {row["person"]: row["done"] for row in progress()}
    assert (rows[moderator], rows[lead]) == (1, 0)
    assert "How far everybody is" in logged_in(lead).get(reverse("training")).content.decode()
    assert logged_in(outsider).get(reverse("training")).status_code == 403
    client.post(reverse("training-again"))
    assert not Answer.objects.exists()
