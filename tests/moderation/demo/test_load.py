"""Loading the demo: through the real actions, once, and never on top of somebody else's data."""

import json
import stat
from datetime import timedelta
from io import StringIO

import pytest
from django.contrib.auth import authenticate
from django.core.management import CommandError, call_command
from django.utils import timezone

from brickmod.access.models import ApiKey, App, Role, User
from brickmod.outbox.models import Endpoint, Event
from moderation.alerts.actions import watch
from moderation.alerts.models import Alert
from moderation.appeals.models import Appeal
from moderation.demo import cast
from moderation.demo.load import load_demo, missing
from moderation.demo.plan import BROKEN, plan
from moderation.desk.models import Decision
from moderation.intake.models import DecidedBy, State, Submission
from moderation.prefilter.models import Finding

RECENT = [row for row in plan() if not row.earlier][:3]


@pytest.fixture(autouse=True)
def own_var(settings, tmp_path):
    settings.VAR = tmp_path


def demo(*words: str) -> str:
    out = StringIO()
    call_command("demo", *words, stdout=out)
    return out.getvalue()


@pytest.fixture
def short_plan(monkeypatch):
    """Three uploads, so that a test need not draw them all."""
    monkeypatch.setattr("moderation.demo.management.commands.demo.plan", lambda: RECENT)


@pytest.mark.django_db(transaction=True)
def test_an_empty_database_gets_people_apps_and_uploads(short_plan):
    assert "3 uploads" in demo()
    assert set(App.objects.values_list("slug", flat=True)) == {"brick-club", "build-box"}
    assert {user.role for user in User.objects.all()} == set(Role.values)
    assert Submission.objects.filter(state=State.ANALYSING).count() == 3
    # Each came when the plan says, give or take the time that loading takes.
    for row in RECENT:
        received = Submission.objects.get(external_id=row.sending.external_id).received_at
        assert abs(timezone.now() - timedelta(minutes=row.minutes) - received) < timedelta(minutes=1)


@pytest.mark.django_db(transaction=True)
def test_a_second_run_changes_nothing(short_plan):
    demo()
    said, before = cast.demo_file().read_text(), set(Submission.objects.values_list("id", flat=True))
    assert "already there" in demo()
    assert set(Submission.objects.values_list("id", flat=True)) == before
    assert User.objects.count() == 6
    assert cast.demo_file().read_text() == said


@pytest.mark.django_db(transaction=True)
def test_an_interrupted_load_is_finished_by_the_next(short_plan):
    demo()
    Submission.objects.get(external_id=RECENT[1].sending.external_id).delete()
    assert missing(RECENT) == [RECENT[1]]
    assert "1 uploads" in demo()
    assert missing(RECENT) == []


@pytest.mark.django_db
def test_a_database_in_use_is_left_alone(calling_app):
    calling_app.slug = "somebody-else"
    calling_app.save()
    with pytest.raises(CommandError, match="in use"):
        demo()
    assert App.objects.count() == 1
    assert not cast.demo_file().exists()


@pytest.mark.django_db
def test_demo_json_has_the_shape_of_the_contract_and_opens_every_door(rf):
    cast.gather()
    file = cast.demo_file()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    told = json.loads(file.read_text())
    assert told["url"].startswith("http")
    assert told["webhook_secret"] == Endpoint.objects.get(app__slug="brick-club").secret
    assert [user["role"] for user in told["users"]] == ["moderator", "lead", "ml_engineer", "admin"] + 2 * ["custodian"]
    for user in told["users"]:
        assert set(user) == {"username", "password", "role"}
        assert authenticate(rf.get("/"), username=user["username"], password=user["password"]).role == user["role"]
    key = ApiKey.objects.usable().get(digest=ApiKey.digest_of(told["api_key"]))
    assert key.app.slug == "brick-club"


@pytest.mark.django_db
def test_nothing_is_sent_until_somebody_says_where():
    cast.gather()
    assert not Endpoint.objects.filter(active=True).exists()
    secret = cast.read()["webhook_secret"]
    cast.point_webhook("http://127.0.0.1:9111/hear")
    endpoint = Endpoint.objects.get(active=True)
    assert (endpoint.app.slug, endpoint.url, endpoint.secret) == ("brick-club", "http://127.0.0.1:9111/hear", secret)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("url", ["ftp://127.0.0.1/", "nonsense", "http://"])
def test_a_webhook_that_is_no_address_is_refused(short_plan, url: str):
    with pytest.raises(CommandError):
        demo("--webhook", url)
    assert not Endpoint.objects.filter(active=True).exists()


@pytest.mark.models
@pytest.mark.django_db(transaction=True)
def test_the_whole_demo_looked_at_by_the_real_models(models):
    """Good builds wait or were decided by people, bad uploads were rejected, and the past lies in the past."""
    from moderation.prefilter import executor

    executor.load()
    cast.gather()
    assert load_demo(plan(), lambda _: None, look=True) == len(plan())
    assert missing(plan()) == []
    by_id = {submission.external_id: submission for submission in Submission.objects.all()}
    wrong = []
    for row in plan():
        submission = by_id[row.sending.external_id]
        bad = row.bad or row.sending.external_id in {"demo-past-black", "demo-past-rude", "demo-past-address"}
        if bad != (submission.decided_by == DecidedBy.PREFILTER):
            wrong.append((submission.external_id, submission.state, submission.reasons))
        assert Finding.objects.filter(part__submission=submission).exists()
        if row.earlier:
            _in_the_past(row, submission)
    assert wrong == []
    assert not Finding.objects.filter(verdict="error").exists()
    waiting = Submission.objects.waiting()
    assert waiting.count() >= 30
    assert waiting.filter(review_due_at__lt=timezone.now()).count() >= 3
    # No page of a fresh run is empty: an appeal waits, and the next round of the watch raises an alert.
    assert Appeal.objects.get().outcome == "open"
    assert watch()["raised"] == 1
    # Named by its version, unless the few hours of the demo's past happen to lie so that black pictures look usual now.
    assert (Alert.objects.get().version, Alert.objects.get().reason) in {(BROKEN, "bad_picture"), ("", "")}


def _in_the_past(row, submission):
    long_ago = timezone.now() - timedelta(hours=10)
    assert submission.received_at < submission.prefiltered_at <= submission.decided_at < long_ago
    assert submission.answer_at < long_ago
    if submission.decided_by == DecidedBy.PREFILTER:
        assert submission.feedback
        return
    decision = Decision.objects.get(submission=submission)
    assert submission.received_at < decision.shown_at < decision.decided_at == submission.decided_at
    assert Event.objects.filter(key=f"decided:{decision.id}").exists()
    approved = row.outcome == "approve"
    assert submission.state == (State.APPROVED if approved else State.REJECTED)
    assert [reason["code"] for reason in submission.reasons] == ([] if approved else [row.outcome])
