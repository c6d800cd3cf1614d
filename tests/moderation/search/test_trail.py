"""All that happened to one, told by every room that knows of it, and taken out as a file."""

import csv
import io
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from brickmod.access.models import AuditEvent
from brickmod.outbox.models import Delivery, Endpoint, Event
from moderation.alerts.models import Alert
from moderation.appeals.models import Appeal
from moderation.desk.actions import claim_next, decide, escalate
from moderation.desk.notices import notices

pytestmark = pytest.mark.django_db


@pytest.fixture
def told(waiting, moderator, lead, calling_app):
    """Found, passed on, rejected by a lead, heard by the app, appealed."""
    one = waiting(found=[("title", "profanity", "flag", "rude", [])])
    escalate(moderator, claim_next(moderator), "leads", "=not sure")
    claim_next(lead)
    decision = decide(lead, one, "reject", ["rude"])
    endpoint = Endpoint.objects.create(app=calling_app, url="https://example.org/", secret="whsec_x")
    event = Event.objects.get(key=f"decided:{decision.id}")
    Delivery.objects.create(
        event=event, endpoint=endpoint, state="delivered", tries=2, last_status=204, delivered_at=timezone.now()
    )
    due = timezone.now() + timedelta(hours=1)
    Appeal.objects.create(submission=one, decision=decision, due_at=due, policy=1, market="DK", language="da")
    return one


def test_as_json(logged_in, lead, told):
    found = logged_in(lead).get(reverse("search-trail", args=[told.id, "json"])).json()
    assert found["external_id"] == told.external_id
    kinds = [moment["kind"] for moment in found["trail"]]
    assert set(kinds) == {"received", "prefiltered", "finding", "claim", "escalate", "decision", "delivery", "appeal"}
    assert [moment["more"] for moment in found["trail"] if moment["kind"] == "delivery"] == ["HTTP 204, 2 tries"]
    assert "receipt" in found["trail"][kinds.index("escalate")]["what"]
    assert AuditEvent.objects.filter(verb="export", kind="trail").exists()


def test_as_a_table_that_runs_nothing(logged_in, lead, told):
    answer = logged_in(lead).get(reverse("search-trail", args=[told.id, "csv"]))
    rows = list(csv.DictReader(io.StringIO(answer.content.decode())))
    assert [row["more"] for row in rows if row["kind"] == "escalate"] == ["“=not sure”"]


def test_not_for_everybody(logged_in, moderator, told):
    assert logged_in(moderator).get(reverse("search-trail", args=[told.id, "json"])).status_code == 403


def test_its_page_links_to_both(logged_in, lead, told):
    page = logged_in(lead).get(reverse("desk-submission", args=[told.id])).content.decode()
    assert "An appeal came in" in page
    assert reverse("search-trail", args=[told.id, "csv"]) in page
    assert f"?like={told.id}" in page


def test_an_open_alert_is_said_beside_what_it_touches(waiting, calling_app, moderator, logged_in):
    one, other = waiting(5, app_version="5.3.1"), waiting(app_version="5.3.0")
    now = timezone.now()
    alert = Alert.objects.create(
        app=calling_app, series="uploads", version="5.3.1", since=now - timedelta(hours=1), seen_at=now,
        minutes=10, counted=900, expected=2, chance=1e-9,
    )  # fmt: skip
    assert [notice.href for notice in notices(one)] == [reverse("alert", args=[alert.id])]
    assert notices(other) == []
    assert "Part of an open alert" in logged_in(moderator).get(reverse("desk")).content.decode()
    Alert.objects.update(state="closed", closed_at=now)
    assert notices(one) == []
