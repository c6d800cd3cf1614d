"""An appeal: made by the app, decided by another person, told to the child, learned from."""

from datetime import timedelta

import numpy as np
import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from brickmod.access.models import AuditEvent, Verb
from brickmod.outbox.models import Event, EventType
from featurestore.labels.views import apply
from featurestore.store import get_store
from featurestore.store.base import NewFeature
from moderation.appeals.actions import NotDecided, appeal_rejection, decide
from moderation.appeals.models import Appeal, AppealRule
from moderation.appeals.rates import tables
from moderation.authors.measures import agree, propose
from moderation.authors.models import Author, Strike
from moderation.desk.actions import TooLate, claim_next, undo
from moderation.desk.actions import decide as decide_first
from moderation.desk.models import Decision
from moderation.desk.timeline import timeline
from moderation.feedback.texts import reasons_for, told_at
from moderation.intake.actions import erase
from moderation.intake.models import State, Submission
from moderation.prefilter.links import Kept, link
from tests.submissions import waiting

URL = "/api/v1/appeals/"
pytestmark = pytest.mark.django_db


@pytest.fixture
def rejected(calling_app, moderator):
    """A text that `moderator` rejected as rude, and of which the app has heard. Its feature is linked."""
    one = waiting(
        calling_app, title="", text="darn it", author="fox-1", found=[("text", "profanity", "flag", "rude", [])]
    )
    new = NewFeature("test", "text", np.full(4, 0.5, np.float32), "DK", timezone.now().date())
    link([Kept(one.parts.get(), new, get_store().put([new])[0])])
    decide_first(moderator, claim_next(moderator), "reject", ["rude"])
    past = timezone.now() - timedelta(minutes=1)
    Submission.objects.filter(id=one.id).update(answer_at=past)
    Strike.objects.update(counts_from=past)
    one.refresh_from_db()
    return one


def label_of_the_only_feature() -> tuple[str, str]:
    evidence = get_store().evidence("profanity", "test")
    labels = apply("", evidence, "profanity")
    return str(labels.value[0]), str(labels.source[0])


class TestApi:
    def test_once_for_a_decision(self, api, rejected):
        sent = {"submission": str(rejected.id), "words": "it is a cartoon word"}
        answer = api.post(URL, sent, format="json")
        body = answer.json()
        assert (answer.status_code, body["status"], body["feedback"]) == (201, "open", "")
        assert answer["Location"].endswith(f"/appeals/{body['id']}/")
        assert api.post(URL, sent, format="json").status_code == 200
        again = api.post(URL, sent | {"words": "please"}, format="json")
        assert (again.status_code, again.json()["code"]) == (409, "appealed_before")
        assert api.get(f"{URL}{body['id']}/").json() == body
        appeal = Appeal.objects.get()
        assert (appeal.reasons, appeal.detectors, appeal.first_by.username) == (["rude"], ["profanity"], "mia")

    def test_within_the_window_of_the_market(self, api, rejected):
        Submission.objects.update(decided_at=timezone.now() - timedelta(days=10))
        AppealRule.objects.create(market="DK", days=7)
        answer = api.post(URL, {"submission": str(rejected.id)}, format="json")
        assert (answer.status_code, answer.json()["code"]) == (409, "too_late")
        AppealRule.objects.filter(market="DK").delete()
        assert api.post(URL, {"submission": str(rejected.id)}, format="json").status_code == 201

    def test_not_before_the_app_has_heard_of_it(self, api, calling_app, moderator):
        one = waiting(calling_app)
        assert api.post(URL, {"submission": str(one.id)}, format="json").json()["code"] == "not_rejected"
        decide_first(moderator, claim_next(moderator), "reject", ["rude"])
        assert api.post(URL, {"submission": str(one.id)}, format="json").json()["code"] == "not_rejected"

    def test_whose_it_is_and_the_scope(self, api_for, other_app, calling_app, rejected, api):
        sent = {"submission": str(rejected.id)}
        assert api_for(calling_app, ["submit"]).post(URL, sent, format="json").status_code == 403
        assert api_for(other_app).post(URL, sent, format="json").status_code == 404
        assert api.post(URL, {}, format="json").status_code == 400
        made = api.post(URL, sent, format="json").json()
        assert api_for(other_app).get(f"{URL}{made['id']}/").status_code == 404


class TestDecision:
    def test_another_person_decides(self, calling_app, rejected, moderator, second_moderator):
        appeal, _ = appeal_rejection(calling_app, rejected, "")
        assert not Appeal.objects.open_for(moderator).exists()
        with pytest.raises(NotDecided, match="Another person"):
            decide(moderator, appeal.id, "kept", "I was right")
        assert Appeal.objects.open_for(second_moderator).exists()
        with pytest.raises(IntegrityError), transaction.atomic():
            Appeal.objects.filter(id=appeal.id).update(outcome="kept", decided_by=moderator, decided_at=timezone.now())
        with pytest.raises(IntegrityError), transaction.atomic():
            Appeal.objects.filter(id=appeal.id).update(outcome="kept")

    def test_overturned(self, api, calling_app, rejected, moderator, second_moderator):
        assert label_of_the_only_feature() == ("yes", "moderator")
        first = Decision.objects.get()
        appeal, _ = appeal_rejection(calling_app, rejected, "")
        done = decide(second_moderator, appeal.id, "changed", "a mild cry")
        seen = api.get(f"/api/v1/submissions/{rejected.id}/").json()
        assert (seen["status"], seen["decided_by"], seen["reasons"]) == ("approved", "moderator", [])
        assert seen["feedback"] == done.feedback == told_at("appeal_changed", "da", "DK")
        assert label_of_the_only_feature() == ("no", "appeal")
        assert done.labels == 1
        stands = Decision.objects.standing().get()
        assert (stands.moderator, stands.reverses, stands.outcome) == (second_moderator, first, "approve")
        assert Strike.objects.get().withdrawn_because == "overturned on appeal"
        told = Event.objects.filter(type=EventType.APPEALED).get()
        assert (told.payload["status"], told.payload["id"]) == ("changed", str(appeal.id))
        last = Event.objects.filter(type=EventType.DECIDED).order_by("-created_at").first()
        assert last.payload["status"] == "approved"
        words = [moment.what for moment in timeline(Submission.objects.get())]
        assert "On appeal: published after all" in words
        assert "Undone" not in words
        with pytest.raises(TooLate):
            undo(second_moderator, stands)
        assert decide(second_moderator, appeal.id, "changed", "again").note == "a mild cry"
        with pytest.raises(NotDecided, match="already"):
            decide(second_moderator, appeal.id, "kept", "no, wait")
        assert AuditEvent.objects.filter(verb=Verb.APPEAL).count() == 2

    def test_kept(self, api, calling_app, rejected, second_moderator):
        before = api.get(f"/api/v1/submissions/{rejected.id}/").json()
        appeal, _ = appeal_rejection(calling_app, rejected, "")
        done = decide(second_moderator, appeal.id, "kept", "rude all the same")
        assert done.feedback == told_at("appeal_kept", "da", "DK")
        assert api.get(f"/api/v1/submissions/{rejected.id}/").json() == before
        assert label_of_the_only_feature() == ("yes", "appeal")
        assert Strike.objects.get().withdrawn_at is None
        assert api.get(f"{URL}{appeal.id}/").json()["feedback"] == done.feedback

    def test_two_at_once_are_one(self, at_once, calling_app, rejected, make_user):
        people = [make_user("moderator", name) for name in ("p", "q", "r")]
        appeal, _ = appeal_rejection(calling_app, rejected, "")
        answers = at_once(*[lambda p=person: decide(p, appeal.id, "changed", "x") for person in people])
        assert sorted(type(answer).__name__ for answer in answers) == ["Appeal", "NotDecided", "NotDecided"]
        assert Decision.objects.standing().count() == 1

    def test_against_the_prefilter(self, calling_app, moderator):
        now = timezone.now()
        fields = {"state": State.REJECTED, "decided_by": "prefilter", "decided_at": now, "answer_at": now}
        one = waiting(calling_app, reasons=reasons_for(["rude"], "da"), review_due_at=None, **fields)
        appeal, made = appeal_rejection(calling_app, one, "")
        assert made
        assert appeal_rejection(calling_app, one, "")[1] is False
        assert decide(moderator, appeal.id, "changed", "x").outcome == "changed"
        assert Submission.objects.get().state == State.APPROVED

    def test_erased_with_what_it_is_about(self, calling_app, rejected, second_moderator):
        appeal, _ = appeal_rejection(calling_app, rejected, "please")
        decide(second_moderator, appeal.id, "changed", "x")
        erase(rejected)
        assert not Appeal.objects.exists()
        assert not Event.objects.filter(type=EventType.APPEALED).exists()


def test_against_what_followed_for_an_author(api, calling_app, lead, make_user):
    other, third = make_user("lead", "lou"), make_user("lead", "lin")
    ban = agree(other, propose(lead, Author(app=calling_app, name="fox-1"), "ban", "threats"))
    made = api.post(URL, {"measure": str(ban.id), "words": "it was my brother"}, format="json").json()
    for one in (lead, other):
        with pytest.raises(NotDecided):
            decide(one, made["id"], "changed", "x")
    decide(third, made["id"], "changed", "no threat")
    assert api.get("/api/v1/authors/?author=fox-1").json()["standing"] == "fine"
    ban.refresh_from_db()
    assert (ban.end, ban.ended_by) == ("appeal", third)
    assert api.delete("/api/v1/authors/?author=fox-1").status_code == 204
    assert not Appeal.objects.exists()
    assert not Event.objects.exists()


def test_rates_by_reason_detector_and_market(calling_app, rejected, second_moderator, lead, logged_in, ml_engineer):
    appeal, _ = appeal_rejection(calling_app, rejected, "")
    decide(second_moderator, appeal.id, "changed", "x")
    whole, [reasons, detectors, markets] = tables(90)
    assert (whole.decided, whole.changed) == (1, 1)
    assert [(row.name, row.changed) for row in (*reasons.rows, *detectors.rows, *markets.rows)] == [
        ("Rude words", 1), ("profanity", 1), ("Denmark", 1),
    ]  # fmt: skip
    assert 15 < whole.low < 25  # Wilson's interval of one of one: 21 to 100 %
    page = logged_in(lead).get(reverse("appeal-rates")).content.decode()
    assert "1 of 1 in 90 days: 100 % (95 % interval 21 to 100 %)" in page
    file = logged_in(ml_engineer).get(reverse("appeal-rates-file", args=["reason"]))
    assert "Rude words,1,1,100.0" in file.content.decode()


def test_the_pages_by_role(calling_app, rejected, moderator, second_moderator, outsider, logged_in):
    appeal, _ = appeal_rejection(calling_app, rejected, "it is <b>mild</b>")
    page = reverse("appeal", args=[appeal.id])
    assert logged_in(outsider).get(page).status_code == 403
    assert logged_in(moderator).get(reverse("appeal-rates")).status_code == 403
    assert "Somebody else decides" in logged_in(moderator).get(page).content.decode()
    client = logged_in(second_moderator)
    assert "1 appeal to look at" in client.get(reverse("appeals")).content.decode()
    shown = client.get(page).content.decode()
    assert "&lt;b&gt;mild" in shown
    assert told_at("appeal_kept", "da") in shown
    client.post(reverse("appeal-decide", args=[appeal.id]), {"outcome": "changed", "note": ""})
    assert Appeal.objects.get().outcome == "open"
    client.post(reverse("appeal-decide", args=[appeal.id]), {"outcome": "changed", "note": "mild"})
    assert Appeal.objects.get().outcome == "changed"
    assert client.get(page).status_code == 200
