"""What people do to heads, through the pages: asked why, refused with a sentence, taken back by one click."""

import pytest

from featurestore.heads.models import Alias, Kind, PromotionEvent, PromotionRequest, Serving, Standing
from tests import compared

pytestmark = pytest.mark.django_db
WHY = "It catches more, and rejects nothing good."


@pytest.fixture
def pair(task, tmp_path):
    return compared.fill(tmp_path, task, uploads=600)


@pytest.fixture
def client(lead, logged_in):
    return logged_in(lead)


def champion(task):
    return Serving.objects.get(task=task, alias=Alias.CHAMPION).head.version


def test_promote_says_what_changes_and_leaves_a_receipt_with_the_way_back(task, pair, client, lead, mlflow):
    address = f"/models/{task}/versions/2/promote/"
    page = client.get(address).content.decode()
    for words in ("Champion (production)", "Threshold that counts", "What both saw together", "Good creations rejected",
                  "On the frozen exam set"):  # fmt: skip
        assert words in page
    assert client.post(address, {"reason": "  "}).status_code == 200
    assert champion(task) == "1"

    answer = client.post(address, {"reason": WHY})
    assert champion(task) == "2"
    event = PromotionEvent.objects.get(task=task, kind=Kind.PROMOTE, new=pair[1])
    assert answer.headers["Location"] == f"/models/{task}/done/{event.id}/"
    assert (event.by, event.reason, event.evidence["uploads"]) == (lead, WHY, 600)
    assert "version 2" in event.evidence["sentence"].lower()
    receipt = client.get(answer.headers["Location"]).content.decode()
    assert "Roll back to version 1" in receipt
    assert event.evidence["sentence"][:40] in client.get(f"/models/{task}/history/").content.decode()

    back = client.post(f"/models/{task}/done/{event.id}/undo/", follow=True).content.decode()
    assert champion(task) == "1"
    assert "champion again" in back
    # The same click again undoes nothing: something else was done since.
    client.post(f"/models/{task}/done/{event.id}/undo/")
    assert champion(task) == "1"


def test_without_mlflow_a_promotion_is_refused_and_what_was_written_stays(task, pair, client, no_mlflow):
    answer = client.post(f"/models/{task}/versions/2/promote/", {"reason": WHY})
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "try again when MLflow is back" in page
    assert WHY in page
    assert champion(task) == "1"
    assert client.get(f"/models/{task}/history/").status_code == 200


def test_roll_back_asks_and_says_when_there_is_nobody(task, pair, client, no_mlflow):
    page = client.get(f"/models/{task}/roll-back/").content.decode()
    assert "no other champion before" in page
    assert "<textarea" not in page


@pytest.mark.parametrize(
    ("verb", "given", "then"),
    [
        ("hold", {}, Standing.HELD),
        ("retire", {}, Standing.RETIRED),
        ("canary", {"share": "10"}, Standing.READY),
    ],
)
def test_the_others_too(task, pair, client, no_mlflow, verb, given, then):
    address = f"/models/{task}/versions/2/{verb}/"
    assert client.get(address).status_code == 200
    assert client.post(address, {"reason": WHY, **given}, follow=True).status_code == 200
    pair[1].refresh_from_db()
    assert pair[1].standing == then
    row = Serving.objects.filter(task=task, head=pair[1]).first()
    assert (row.canary if row else None) == (0.1 if verb == "canary" else None)
    assert PromotionEvent.objects.filter(task=task).first().reason == WHY


def test_a_threshold_is_applied_with_a_reason(task, pair, client, lead):
    given = {"version": "1", "one_in": "50", "loss": "false_reject", "sure": "95", "threshold": "0.731", "reason": ""}
    answer = client.post(f"/models/{task}/thresholds/apply/", given)
    assert answer.status_code == 400
    assert Serving.objects.get(task=task, head=pair[0]).threshold is None
    client.post(f"/models/{task}/thresholds/apply/", {**given, "reason": WHY})
    assert Serving.objects.get(task=task, head=pair[0]).threshold == 0.731


def test_two_people_have_to_agree_where_it_is_asked_for(task, pair, client, make_user, logged_in, mlflow, settings):
    settings.PROMOTION_SECOND_PERSON = True
    answer = client.post(f"/models/{task}/versions/2/promote/", {"reason": WHY})
    wish = PromotionRequest.objects.get(task=task)
    assert answer.headers["Location"] == f"/models/{task}/asked/{wish.id}/"
    assert champion(task) == "1"
    assert "Somebody else has to agree" in client.get(answer.headers["Location"]).content.decode()
    assert client.post(answer.headers["Location"], {"answer": "agree"}).status_code == 409  # not their own
    assert "waits for a second person" in client.get("/models/").content.decode()
    logged_in(make_user("ml_engineer", "max")).post(answer.headers["Location"], {"answer": "agree"})
    assert champion(task) == "2"


@pytest.mark.parametrize(
    "address", ["versions/2/promote/", "roll-back/", "costs/", "training/start/", "thresholds/apply/"]
)
def test_who_may_only_look_changes_nothing(task, pair, moderator, logged_in, address):
    assert logged_in(moderator).post(f"/models/{task}/{address}", {"reason": WHY}).status_code == 403
    assert champion(task) == "1"


def test_train_now_asks_a_worker_once(task, pair, client):
    for _ in range(2):
        assert client.post(f"/models/{task}/training/start/").status_code == 302
    page = client.get(f"/models/{task}/training/").content.decode()
    assert "waits for a worker" in page
    assert "is being trained already" in page
