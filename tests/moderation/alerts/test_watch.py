"""Alerts as they are raised and end, and what a lead does with all of one."""

from datetime import timedelta
from functools import partial

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone

from brickmod.access.models import AuditEvent, Verb
from brickmod.outbox.models import Event, EventType
from moderation.alerts import actions, bulk
from moderation.alerts.counts import count_hours
from moderation.alerts.models import Alert, AlertState, Bulk, Hour, Kind, PartState
from moderation.desk.claims import claim_next
from moderation.desk.errors import BadReason, DeskError
from moderation.desk.models import Claim, Decision
from moderation.intake.models import Part, State, Submission
from moderation.queues.models import Queue
from tests import submissions

pytestmark = pytest.mark.django_db
BAD = [("title", "quality", "flag", "bad_picture", [])]


@pytest.fixture
def burst(calling_app):
    """Fourteen of version 5.3.1 with a bad picture, among eight of 5.3.0 without; the alert of it."""
    make = partial(submissions.waiting, calling_app)
    now = timezone.now()
    for n in range(22):
        at = now - timedelta(seconds=n + 1)
        version, found = ("5.3.1", BAD) if n < 14 else ("5.3.0", [])
        make(author=f"a-{n}", app_version=version, found=found, received_at=at, prefiltered_at=at)
    assert actions.watch(now)["raised"] == 1
    return Alert.objects.get()


@pytest.fixture
def queue(db):
    return Queue.objects.create(slug="later", name="Later")


def test_the_alert_says_what_and_where(burst):
    assert (burst.detector, burst.reason, burst.version) == ("quality", "bad_picture", "5.3.1")
    assert (burst.state, burst.counted) == (AlertState.OPEN, 14)


def test_asked_again_it_is_the_same_one(burst):
    assert actions.watch(timezone.now())["raised"] == 0
    assert Alert.objects.count() == 1


def test_it_ends_by_itself(burst):
    later = timezone.now() + actions.OVER_AFTER + timedelta(minutes=20)
    assert actions.watch(later) == {"raised": 0, "over": 1}
    burst.refresh_from_db()
    assert (burst.state, burst.closed_by) == (AlertState.CLOSED, None)


def test_what_a_person_closed_is_not_raised_anew_at_once(burst, lead):
    actions.close(lead, burst.id)
    assert actions.watch(timezone.now())["raised"] == 0
    assert Alert.objects.get().closed_by == lead


def test_hours_are_counted_once(calling_app):
    now = timezone.now().replace(minute=30)
    for n in range(3):
        at = now - timedelta(hours=3 + n)
        submissions.waiting(calling_app, app_version="5.3.0", found=BAD, received_at=at, prefiltered_at=at)
    assert (count_hours(calling_app, now), count_hours(calling_app, now)) == (3, 0)
    assert sum(Hour.objects.filter(detector="").values_list("count", flat=True)) == 3
    assert sum(Hour.objects.filter(detector="quality").values_list("count", flat=True)) == 3


def test_the_same_file_from_many(calling_app):
    now = timezone.now()
    for n in range(15):
        one = submissions.waiting(calling_app, author=f"a-{n}", received_at=now - timedelta(seconds=n))
        Part.objects.create(submission=one, kind="image", position=0, digest="d" * 64)
    actions.watch(now)
    assert Alert.objects.get().digest == "d" * 64


def order(user, alert, kind, **more):
    made = bulk.order(user, alert, kind, "a faulty release", timezone.now(), **more)
    bulk.carry_out(made.id)
    return made


def test_raise_and_undo(burst, lead):
    made = order(lead, burst, Kind.RAISE)
    assert Submission.objects.filter(priority=2, app_version="5.3.1").count() == 14
    assert not Submission.objects.filter(priority=2, app_version="5.3.0").exists()
    bulk.undo(lead, made)
    bulk.carry_out(made.id)
    assert not Submission.objects.filter(priority=2).exists()
    assert made.parts.filter(state=PartState.UNDONE).count() == 14


def test_set_aside_and_undo(burst, lead, queue):
    made = order(lead, burst, Kind.ASIDE, queue="later")
    assert Submission.objects.filter(queue="later").count() == 14
    moved = Submission.objects.filter(queue="later").first()
    Submission.objects.filter(id=moved.id).update(queue="leads")  # somebody passed it on
    bulk.undo(lead, made)
    bulk.carry_out(made.id)
    assert not Submission.objects.filter(queue="later").exists()
    assert made.parts.get(state=PartState.STAYS).submission_id == moved.id


def test_each_rejection_is_a_decision_of_that_person(burst, lead):
    order(lead, burst, Kind.REJECT, reasons=["bad_picture"])
    decisions = Decision.objects.filter(moderator=lead, outcome="reject")
    assert decisions.count() == 14
    assert Submission.objects.filter(state=State.REJECTED, decided_by="moderator").count() == 14
    assert AuditEvent.objects.filter(verb=Verb.DECIDE, user=lead).count() == 14
    held = Event.objects.filter(type=EventType.DECIDED)
    assert held.count() == 14
    assert all(event.not_before > timezone.now() + bulk.UNDO_UNTIL for event in held)


def test_rejections_are_undone_after_the_desks_ten_seconds(burst, lead):
    made = order(lead, burst, Kind.REJECT, reasons=["bad_picture"])
    Decision.objects.update(decided_at=timezone.now() - timedelta(minutes=5))
    bulk.undo(lead, made)
    bulk.carry_out(made.id)
    assert Submission.objects.filter(state=State.QUEUED).count() == 22
    assert not Decision.objects.filter(undone_at=None).exists()
    assert not Event.objects.filter(type=EventType.DECIDED, cancelled_at=None).exists()
    assert not Claim.objects.filter(moderator=lead).exists()


def test_too_late_to_undo(burst, lead):
    made = order(lead, burst, Kind.REJECT, reasons=["bad_picture"])
    Bulk.objects.update(at=timezone.now() - bulk.UNDO_UNTIL - timedelta(seconds=1))
    made.refresh_from_db()
    with pytest.raises(DeskError, match="no longer"):
        bulk.undo(lead, made)


def test_what_a_colleague_has_is_left_and_says_so(burst, lead, moderator):
    theirs = next(s for s in iter(lambda: claim_next(moderator), None) if s)
    Submission.objects.filter(id=theirs.id).update(app_version="5.3.1")
    made = order(lead, burst, Kind.REJECT, reasons=["bad_picture"])
    for part in made.parts.filter(state=PartState.LEFT):
        assert part.submission_id == theirs.id
        assert "colleague" in part.says
    assert Submission.objects.get(id=theirs.id).state == State.QUEUED


def test_only_what_was_previewed(burst, lead):
    made = bulk.order(lead, burst, Kind.RAISE, "why", timezone.now() - timedelta(seconds=5))
    assert 0 < made.parts.count() < 14


def test_carried_out_twice_changes_nothing(burst, lead):
    made = order(lead, burst, Kind.REJECT, reasons=["bad_picture"])
    assert bulk.unfinished() == []
    assert bulk.carry_out(made.id) == {"done": 0, "left": 0}


def test_a_reason_is_asked_for(burst, lead, moderator):
    now = timezone.now()
    for why, reasons in (("", ["bad_picture"]), ("why", []), ("why", ["no_such"])):
        with pytest.raises(BadReason):
            bulk.order(lead, burst, Kind.REJECT, why, now, reasons=reasons)
    with pytest.raises(PermissionDenied):
        bulk.order(moderator, burst, Kind.RAISE, "why", now)


def test_developers_are_told_once(burst, lead):
    for _ in range(2):
        actions.tell(lead, burst.id, "black since the release")
    event = Event.objects.get(type=EventType.ALERT)
    assert event.payload["app_version"] == "5.3.1"
    assert event.payload["uploads"] == 14


def test_the_pages(burst, lead, moderator, outsider, logged_in, queue):
    page = logged_in(lead).get(reverse("alert", args=[burst.id])).content.decode()
    assert "from version 5.3.1" in page
    assert "Do it with 14 uploads" in page
    assert "version 5.3.1" in logged_in(moderator).get(reverse("alerts")).content.decode()
    plain = logged_in(moderator).get(reverse("alert", args=[burst.id])).content.decode()
    assert "Do it with" not in plain
    assert logged_in(moderator).post(reverse("alert-bulk", args=[burst.id])).status_code == 403
    assert logged_in(outsider).get(reverse("alerts")).status_code == 403


def test_a_lead_sets_aside_on_the_page_and_undoes(burst, lead, logged_in, queue):
    client = logged_in(lead)
    said = {"kind": "aside", "queue": "later", "why": "faulty release", "until": timezone.now().isoformat()}
    page = client.post(reverse("alert-bulk", args=[burst.id]), said, follow=True).content.decode()
    assert "Ordered for 14 uploads" in page
    [id] = bulk.unfinished()
    bulk.carry_out(id)
    page = client.get(reverse("alert", args=[burst.id])).content.decode()
    assert "14 of 14 done" in page
    client.post(reverse("alert-undo", args=[id]))
    bulk.carry_out(id)
    assert not Submission.objects.filter(queue="later").exists()
