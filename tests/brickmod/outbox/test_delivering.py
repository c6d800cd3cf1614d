"""From an event to an app that heard it, with a real server at the other end."""

import base64
import hashlib
import hmac
import json
import threading
import time
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from brickmod.access.models import AuditEvent, Verb
from brickmod.outbox import delivering, transport
from brickmod.outbox.actions import NotAgain, cancel, emit, forget, replay, rotate_secret, send_test
from brickmod.outbox.models import Delivery, DeliveryState, Endpoint, Event, EventType
from brickmod.outbox.tasks import deliver, deliver_due
from brickmod.outbox.transport import Answer

pytestmark = pytest.mark.django_db
side_by_side = pytest.mark.django_db(transaction=True)  # threads see only what is committed


def told(app, n=0, subject="s", **fields) -> Event:
    return emit(
        app, EventType.DECIDED, f"decided:{n}", subject, {"id": str(n), "feedback": "Flot bil – så sej! 🧱"}, **fields
    )


def at_once(**fields) -> None:
    """The wait is over."""
    Delivery.objects.filter(**fields).update(next_try_at=timezone.now())


def only() -> Delivery:
    return Delivery.objects.get()


def signed_with(secret: str, heard) -> bool:
    """Computed from the standard's text, not from our code."""
    signed = f"{heard.headers['webhook-id']}.{heard.headers['webhook-timestamp']}.".encode() + heard.body
    digest = hmac.new(base64.b64decode(secret.split("_", 1)[1]), signed, hashlib.sha256).digest()
    return "v1," + base64.b64encode(digest).decode() in heard.headers["webhook-signature"].split(" ")


def test_the_app_hears_of_it(receiver, endpoint, calling_app):
    event = told(calling_app)
    assert deliver_due() == 1
    [heard] = receiver.heard
    assert heard.headers["webhook-id"] == str(event.id)
    assert abs(int(heard.headers["webhook-timestamp"]) - time.time()) < 5
    assert signed_with(endpoint.secret, heard)
    body = json.loads(heard.body)
    assert body["type"] == "submission.decided"
    assert body["data"] == {"id": "0", "feedback": "Flot bil – så sej! 🧱"}
    assert body["timestamp"].endswith("Z")
    delivery = only()
    assert (delivery.state, delivery.tries, delivery.last_status) == (DeliveryState.DELIVERED, 1, 200)
    assert delivery.delivered_at is not None
    assert deliver_due() == 0
    assert len(receiver.heard) == 1


def test_the_same_key_tells_nothing_twice(receiver, endpoint, calling_app):
    first = told(calling_app, 1)
    again = emit(calling_app, EventType.DECIDED, "decided:1", "s", {"id": "other"})
    assert again.id == first.id
    assert Event.objects.count() == 1
    deliver_due()
    deliver_due()
    assert len(receiver.heard) == 1


def test_nothing_is_told_of_what_was_rolled_back(receiver, endpoint, calling_app):
    with transaction.atomic():
        told(calling_app)
        transaction.set_rollback(True)
    assert deliver_due() == 0
    assert not Event.objects.exists()


def test_each_endpoint_that_wants_it_hears_it_once(receiver, make_endpoint, calling_app, other_app):
    make_endpoint("/all")
    make_endpoint("/decided", events=["submission.decided"])
    make_endpoint("/likes", events=["creation.liked"])
    make_endpoint("/off", active=False)
    make_endpoint("/other", app=other_app)
    told(calling_app)
    deliver_due()
    assert sorted(one.path for one in receiver.heard) == ["/all", "/decided"]


def test_an_event_waits_for_its_time_and_can_be_taken_back(receiver, endpoint, calling_app):
    later = timezone.now() + timedelta(seconds=10)
    told(calling_app, 1, not_before=later)
    told(calling_app, 2, not_before=later)
    assert deliver_due() == 0
    assert cancel("decided:1")
    assert not cancel("decided:1")
    assert not cancel("decided:none")
    Event.objects.update(not_before=timezone.now())
    assert deliver_due() == 1
    assert json.loads(receiver.heard[0].body)["data"]["id"] == "2"
    assert not cancel("decided:2")


@pytest.mark.parametrize("answer", [500, 302, 404, "hang up"])
def test_what_fails_is_tried_again_later_with_the_same_id_and_body(receiver, endpoint, calling_app, answer):
    receiver.answers["/hook"] = answer
    event = told(calling_app)
    deliver_due()
    delivery = only()
    assert (delivery.state, delivery.tries, delivery.leased_until) == (DeliveryState.WAITING, 1, None)
    assert delivery.last_status == (answer if isinstance(answer, int) else None)
    assert delivery.last_error
    assert timezone.now() < delivery.next_try_at <= timezone.now() + timedelta(seconds=5)
    assert deliver_due() == 0, "not before its time"
    at_once()
    receiver.answers["/hook"] = 200
    deliver_due()
    assert only().state == DeliveryState.DELIVERED
    first, second = receiver.heard
    assert first.headers["webhook-id"] == second.headers["webhook-id"] == str(event.id)
    assert first.body == second.body


def test_a_slow_endpoint_holds_no_other(receiver, make_endpoint, calling_app, monkeypatch):
    monkeypatch.setattr(transport, "READ_SECONDS", 4)
    receiver.answers["/slow"] = "slow"
    slow, quick = make_endpoint("/slow"), make_endpoint("/quick")
    for n in range(30):
        told(calling_app, n, subject=n)
    times = []
    receiver.answers["/quick"] = lambda heard: times.append(time.monotonic()) or 200
    began = time.monotonic()
    delivering.run(seconds=3)
    assert len(receiver.at("/quick")) == 30
    assert max(times) - began < 3.5
    assert 4 <= len(receiver.at("/slow")) <= 8
    assert Delivery.objects.filter(endpoint=quick, state=DeliveryState.DELIVERED).count() == 30
    assert Delivery.objects.filter(endpoint=slow, state=DeliveryState.WAITING).count() == 30


def test_events_about_one_subject_keep_their_order(receiver, endpoint, calling_app):
    receiver.answers["/hook"] = lambda heard: 500 if json.loads(heard.body)["data"]["id"] == "0" else 200
    for n in range(3):
        told(calling_app, n, subject="one")
    told(calling_app, 9, subject="other")
    deliver_due()
    heard = [json.loads(one.body)["data"]["id"] for one in receiver.heard]
    assert sorted(heard) == ["0", "9"], "what is later about the same subject waits for what failed"
    receiver.answers["/hook"] = 200
    at_once()
    deliver_due()
    heard = [json.loads(one.body)["data"]["id"] for one in receiver.heard]
    assert [n for n in heard if n != "9"][-3:] == ["0", "1", "2"]


def test_gone_switches_the_endpoint_off(receiver, make_endpoint, calling_app):
    gone, fine = make_endpoint("/gone"), make_endpoint("/fine")
    receiver.answers["/gone"] = 410
    told(calling_app, 1, subject="one")
    told(calling_app, 2, subject="one")
    deliver_due()
    gone.refresh_from_db()
    assert not gone.active
    assert "410" in gone.stopped_because
    assert set(gone.deliveries.values_list("state", flat=True)) == {DeliveryState.DEAD}
    assert set(fine.deliveries.values_list("state", flat=True)) == {DeliveryState.DELIVERED}
    assert len(receiver.at("/gone")) == 1
    told(calling_app, 3)
    deliver_due()
    assert len(receiver.at("/gone")) == 1


def test_after_a_day_it_is_given_up(receiver, endpoint, calling_app):
    receiver.answers["/hook"] = 503
    told(calling_app, 1, subject="one")
    told(calling_app, 2, subject="one")
    deliver_due()
    for _ in range(40):
        first = Delivery.objects.get(event__key="decided:1")
        if first.state == DeliveryState.DEAD:
            break
        # Time goes by: all that is written down moves into the past by as much as is to be waited.
        gone = first.next_try_at - timezone.now()
        Delivery.objects.filter(id=first.id).update(next_try_at=timezone.now(), since=first.since - gone)
        deliver_due()
    assert first.state == DeliveryState.DEAD
    assert 8 <= first.tries <= 40
    assert first.since >= timezone.now() - timedelta(hours=24, seconds=60)
    assert first.last_status == 503
    # What is dead no longer stands in the way.
    receiver.answers["/hook"] = 200
    at_once(event__key="decided:2")
    deliver_due()
    assert Delivery.objects.get(event__key="decided:2").state == DeliveryState.DELIVERED


def test_a_dead_letter_can_be_sent_again(receiver, endpoint, calling_app, admin_user):
    event = told(calling_app)
    deliver_due()
    Delivery.objects.update(state=DeliveryState.DEAD, tries=12, since=timezone.now() - timedelta(days=9))
    assert deliver_due() == 0
    replay(only(), by=admin_user)
    assert deliver_due() == 1
    assert [one.headers["webhook-id"] for one in receiver.heard] == [str(event.id)] * 2
    assert (only().state, only().tries) == (DeliveryState.DELIVERED, 1)
    row = AuditEvent.objects.get(verb=Verb.REPLAY)
    assert (row.user, row.kind, row.object_id) == (admin_user, "delivery", str(only().id))
    receiver.answers["/hook"] = 500
    replay(only())
    deliver_due()
    assert only().state == DeliveryState.WAITING, "it has a new day"
    with pytest.raises(NotAgain):
        replay(only())


def test_a_crash_between_sending_and_marking_sends_it_again(receiver, endpoint, calling_app, monkeypatch):
    event = told(calling_app)
    monkeypatch.setattr(delivering, "mark", lambda *args: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        delivering.run()
    monkeypatch.undo()
    assert only().state == DeliveryState.WAITING
    assert delivering.run() == 0, "the lease still runs"
    Delivery.objects.update(leased_until=timezone.now())
    assert delivering.run() == 1
    assert [one.headers["webhook-id"] for one in receiver.heard] == [str(event.id)] * 2
    assert only().state == DeliveryState.DELIVERED


def test_who_is_late_with_a_failure_changes_nothing(receiver, endpoint, calling_app):
    told(calling_app)
    delivering.spread()
    [late] = delivering.lease(5)
    Delivery.objects.update(leased_until=timezone.now())
    [now] = delivering.lease(5)
    delivering.mark(late, Answer(500, "late"))
    assert only().leased_until == now.leased_until
    delivering.mark(late, Answer(200))
    assert only().state == DeliveryState.DELIVERED, "but what got through, got through"
    delivering.mark(now, Answer(500, "second"))
    assert only().state == DeliveryState.DELIVERED


def in_threads(*jobs) -> list:
    results: list = [None] * len(jobs)
    errors: list[BaseException] = []
    start = threading.Barrier(len(jobs))

    def work(n: int) -> None:
        try:
            start.wait(10)
            results[n] = jobs[n]()
        except BaseException as error:
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(n,)) for n in range(len(jobs))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not errors, errors
    return results


@side_by_side
def test_couriers_side_by_side_send_each_message_once(receiver, make_endpoint, calling_app):
    for path in ("/a", "/b"):
        make_endpoint(path)
    for n in range(40):
        told(calling_app, n, subject=n % 20)
    in_threads(*[delivering.run] * 4)
    delivering.run()
    sent = [(one.path, one.headers["webhook-id"]) for one in receiver.heard]
    assert len(sent) == len(set(sent)) == 80
    for path in ("/a", "/b"):
        by_subject: dict[int, list[int]] = {}
        for one in receiver.at(path):
            n = int(json.loads(one.body)["data"]["id"])
            by_subject.setdefault(n % 20, []).append(n)
        assert all(numbers == sorted(numbers) for numbers in by_subject.values())


@side_by_side
def test_taken_back_or_told_never_both(receiver, endpoint, calling_app):
    for n in range(25):
        event = told(calling_app, n)
        taken, _ = in_threads(lambda n=n: cancel(f"decided:{n}"), delivering.spread)
        event.refresh_from_db()
        assert taken == (event.spread_at is None) == (event.cancelled_at is not None)
        assert event.deliveries.count() == (0 if taken else 1)


def test_what_is_erased_is_not_told(receiver, endpoint, calling_app):
    receiver.answers["/hook"] = 500
    told(calling_app, 1, subject="child")
    deliver_due()
    told(calling_app, 2, subject="child", not_before=timezone.now() + timedelta(hours=1))
    told(calling_app, 3, subject="other")
    forget("child")
    receiver.answers["/hook"] = 200
    receiver.heard.clear()
    at_once()
    Event.objects.update(not_before=timezone.now())
    deliver_due()
    assert [json.loads(one.body)["data"]["id"] for one in receiver.heard] == ["3"]
    assert set(Event.objects.values_list("subject", flat=True)) == {"other"}
    assert forget("other") == 1
    assert not Delivery.objects.exists()


def test_a_secret_is_rotated(receiver, endpoint, calling_app, admin_user):
    old = endpoint.secret
    new = rotate_secret(endpoint, by=admin_user)
    assert new != old
    told(calling_app, 1)
    deliver_due()
    assert signed_with(new, receiver.heard[0])
    assert signed_with(old, receiver.heard[0])
    Endpoint.objects.update(old_secret_until=timezone.now())
    told(calling_app, 2)
    deliver_due()
    assert signed_with(new, receiver.heard[1])
    assert not signed_with(old, receiver.heard[1])
    trail = AuditEvent.objects.get(verb=Verb.KEY_ROTATED)
    assert new not in str(trail.new)
    assert old not in str(trail.old)


def test_a_test_event_reaches_one_endpoint(receiver, make_endpoint):
    one = make_endpoint("/one", events=["creation.liked"])
    make_endpoint("/two")
    delivery = send_test(one)
    assert deliver(delivery.id) == 1
    assert [heard.path for heard in receiver.heard] == ["/one"]
    assert json.loads(receiver.heard[0].body)["type"] == "endpoint.test"


def test_private_targets_fail_and_are_tried_again(receiver, endpoint, calling_app, settings):
    settings.WEBHOOK_ALLOW_PRIVATE = False
    Endpoint.objects.update(url="https://127.0.0.1/hook")
    told(calling_app)
    deliver_due()
    assert not receiver.heard
    assert (only().state, only().last_error) == (DeliveryState.WAITING, "The address leads into a private network.")


def test_a_long_backlog_is_not_searched_through(endpoint, calling_app):
    """An app that was away for an hour: what may go first is answered from an index, not by comparing all with all."""
    now = timezone.now()
    events = [
        Event(app=calling_app, type=EventType.DECIDED, key=f"k{n}", subject=f"s{n % 1500}", payload={}, spread_at=now)
        for n in range(3000)
    ]
    Event.objects.bulk_create(events)
    Delivery.objects.bulk_create([Delivery(event=event, subject=event.subject, endpoint=endpoint) for event in events])
    began = time.monotonic()
    assert len(delivering.lease(16)) == delivering.AT_ONCE
    assert time.monotonic() - began < 1
