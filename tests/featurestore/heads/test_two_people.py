"""Where a promotion needs two people."""

import pytest

from featurestore.heads.actions import NotNow, Refused, agree, ask_promotion, decline, promote
from featurestore.heads.models import PromotionRequest, Serving

pytestmark = pytest.mark.django_db


@pytest.fixture
def two(settings) -> None:
    settings.PROMOTION_SECOND_PERSON = True


def champion(task: str) -> str:
    return Serving.objects.get(task=task, alias="champion").head.version


def test_one_asks_and_the_other_agrees(two, mlflow, heads, task, lead, ml_engineer):
    request = ask_promotion(heads[1], lead, "Better.", {"e": 42})
    assert champion(task) == "1"
    event = agree(request, ml_engineer)
    assert champion(task) == "2"
    assert (event.by, event.seconded_by, event.reason, event.evidence) == (lead, ml_engineer, "Better.", {"e": 42})
    request.refresh_from_db()
    assert (request.outcome, request.ended_by) == ("agreed", ml_engineer)
    with pytest.raises(Refused, match="ended already"):
        agree(request, ml_engineer)


def test_nobody_promotes_alone(two, mlflow, heads, task, lead, moderator):
    with pytest.raises(Refused, match="A second person has to agree"):
        promote(heads[1], lead, "Better.")
    with pytest.raises(Refused, match="has to be another one"):
        promote(heads[1], lead, "Better.", lead)
    with pytest.raises(Refused, match="mia may not promote"):
        promote(heads[1], lead, "Better.", moderator)
    request = ask_promotion(heads[1], lead, "Better.")
    with pytest.raises(Refused, match="has to be another one"):
        agree(request, lead)
    with pytest.raises(Refused, match="may not promote"):
        decline(request, moderator)
    assert champion(task) == "1"


def test_one_request_at_a_time_until_it_is_declined(two, heads, task, lead, ml_engineer):
    request = ask_promotion(heads[1], lead, "Better.")
    with pytest.raises(NotNow, match="waits for a second person already"):
        ask_promotion(heads[2], ml_engineer, "This one.")
    decline(request, ml_engineer)
    with pytest.raises(Refused, match="ended already"):
        decline(request, ml_engineer)
    ask_promotion(heads[2], ml_engineer, "This one.")


def test_a_request_that_was_overtaken_is_ended(two, mlflow, heads, task, lead, ml_engineer, settings):
    request = ask_promotion(heads[1], lead, "Better.")
    settings.PROMOTION_SECOND_PERSON = False
    promote(heads[2], ml_engineer, "This one, now.")
    settings.PROMOTION_SECOND_PERSON = True
    with pytest.raises(Refused, match="another one than when this was asked"):
        agree(request, ml_engineer)
    assert PromotionRequest.objects.get().outcome == "overtaken"
    assert champion(task) == "3"


@pytest.mark.parametrize(
    ("which", "reason", "says"), [(0, "x", "not a challenger"), (3, "x", "not a challenger"), (1, "", "reason")]
)
def test_what_cannot_be_asked(two, heads, lead, which, reason, says):
    with pytest.raises(Refused, match=says):
        ask_promotion(heads[which], lead, reason)
