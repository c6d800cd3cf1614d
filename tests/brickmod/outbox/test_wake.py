import time

import pytest

from brickmod.outbox import wake as waking
from brickmod.outbox.actions import emit
from brickmod.outbox.models import Event, EventType
from brickmod.outbox.wake import WOKEN, awake, wake

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _not_silent(monkeypatch):
    monkeypatch.setattr(waking, "_silent_until", 0.0)


def test_a_broker_that_is_away_delays_nobody(calling_app):
    began = time.monotonic()
    for n in range(20):
        emit(calling_app, EventType.DECIDED, f"k{n}", "s", {"n": n})
    assert time.monotonic() - began < 3
    assert Event.objects.count() == 20


def test_many_events_wake_the_courier_once(broker, calling_app, monkeypatch):
    monkeypatch.setattr(waking, "HINT_MS", 60_000)
    for n in range(20):
        emit(calling_app, EventType.DECIDED, f"k{n}", "s", {"n": n})
    assert broker.llen("delivery") == 1
    assert broker.exists(WOKEN)
    awake()
    wake()
    assert broker.llen("delivery") == 2, "once it has begun, what is written needs another one"


def test_what_is_due_later_wakes_nobody(broker, calling_app):
    from datetime import timedelta

    from django.utils import timezone

    emit(calling_app, EventType.DECIDED, "k", "s", {"n": 1}, not_before=timezone.now() + timedelta(seconds=10))
    assert broker.llen("delivery") == 0
