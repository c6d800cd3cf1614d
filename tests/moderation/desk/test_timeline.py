"""What happened to one submission, as its page tells it."""

import pytest
from django.utils import timezone

from brickmod.outbox.models import Delivery, Endpoint, Event
from moderation.desk.actions import claim_next, decide, skip, undo
from moderation.desk.timeline import timeline

pytestmark = pytest.mark.django_db


def test_from_upload_to_answer(waiting, moderator, second_moderator, calling_app):
    one = waiting(app_version="5.3.1")
    skip(second_moderator, claim_next(second_moderator))
    claim_next(moderator)
    undo(moderator, decide(moderator, one, "approve"))
    decision = decide(moderator, one, "reject", ["rude"], note="As last week.")
    endpoint = Endpoint.objects.create(app=calling_app, url="https://example.org/", secret="whsec_x")
    event = Event.objects.get(key=f"decided:{decision.id}")
    delivered = max(timezone.now(), event.not_before)
    Delivery.objects.create(event=event, endpoint=endpoint, state="delivered", tries=1, delivered_at=delivered)
    one.refresh_from_db()
    told = timeline(one)
    assert [moment.what for moment in told] == [
        "Received", "Looked at by the detectors", "Shown to a moderator", "Passed on", "Shown to a moderator",
        "Approved", "Undone", "Not told: the decision, taken back", "Rejected (rude)", "The app heard the decision",
    ]  # fmt: skip
    assert "As last week." in told[8].more
    assert told[0].more == "app version 5.3.1"


def test_an_answer_that_does_not_arrive_is_said(waiting, moderator, calling_app):
    one = waiting()
    decision = decide(moderator, claim_next(moderator), "approve")
    endpoint = Endpoint.objects.create(app=calling_app, url="https://example.org/", secret="whsec_x")
    event = Event.objects.get(key=f"decided:{decision.id}")
    Delivery.objects.create(event=event, endpoint=endpoint, tries=3, last_error="503 Service Unavailable")
    last = timeline(one)[-1]
    assert last.what == "The app is to hear the decision: waiting"
    assert last.more == "3 tries, 503 Service Unavailable"


def test_the_queries_do_not_grow(waiting, moderator, django_assert_num_queries):
    one = waiting()
    for _ in range(4):
        claim_next(moderator)
        undo(moderator, decide(moderator, one, "approve"))
    with django_assert_num_queries(10):  # two of rooms above
        timeline(one)
