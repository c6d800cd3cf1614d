"""What can happen to events and endpoints: told, taken back, erased, sent again."""

import uuid
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from brickmod.access.audit import record
from brickmod.access.models import App, User, Verb
from brickmod.outbox.models import Delivery, DeliveryState, Endpoint, Event, EventType
from brickmod.outbox.signing import new_secret
from brickmod.outbox.wake import wake

ROTATION = timedelta(hours=24)


class NotAgain(Exception):
    """A delivery that cannot be sent again; the text says why, for a person."""


def emit(
    app: App,
    type: EventType,
    key: str,
    subject: object,
    payload: dict[str, Any],
    not_before: datetime | None = None,
) -> Event:
    """Write down that something happened, in the caller's transaction: the app hears of it if that commits.

    `key` names what happened: the same key again gives back the first event and tells nothing twice. Events about the
    same `subject` reach an endpoint in order. Until `not_before` it stays here, and `cancel` can take it back.
    """
    now = timezone.now()
    event, made = Event.objects.get_or_create(
        key=key,
        defaults={
            "app": app,
            "type": type,
            "subject": str(subject),
            "payload": payload,
            "created_at": now,
            "not_before": not_before or now,
        },
    )
    if made and event.not_before <= now:
        transaction.on_commit(wake)
    return event


def cancel(key: str) -> bool:
    """Take an event back. True: nobody hears of it. False: it is on its way, or was taken back before.

    A compare-and-set against `spread`: whichever is first, the other then changes no row.
    """
    return Event.objects.filter(key=key, spread_at=None, cancelled_at=None).update(cancelled_at=timezone.now()) == 1


def forget(subject: object) -> int:
    """Erase what is told of `subject`, sent or not: its ids are in an event's key too, so nothing stays.
    Returns how many events there were.

    A message that is being sent in this very moment may still arrive.
    """
    with transaction.atomic():
        Delivery.objects.filter(subject=str(subject)).delete()
        return Event.objects.filter(subject=str(subject)).delete()[1].get(Event._meta.label, 0)


@transaction.atomic
def replay(delivery: Delivery, by: User | None = None) -> None:
    """Send it again, with a new day to succeed in, under the same id: who had it already recognises it.

    Raises NotAgain when its endpoint is switched off, or it is waiting anyway.
    """
    if not delivery.endpoint.active:
        raise NotAgain("The endpoint is switched off.")
    now = timezone.now()
    old = {"state": delivery.state, "tries": delivery.tries}
    if (
        not Delivery.objects.filter(id=delivery.id)
        .exclude(state=DeliveryState.WAITING)
        .update(state=DeliveryState.WAITING, tries=0, since=now, next_try_at=now, leased_until=None, delivered_at=None)
    ):
        raise NotAgain("It is waiting to be sent.")
    record(Verb.REPLAY, "delivery", delivery.id, user=by, old=old)
    transaction.on_commit(wake)


@transaction.atomic
def send_test(endpoint: Endpoint, by: User | None = None) -> Delivery:
    """An event for this endpoint alone, so that somebody can see whether it works."""
    if not endpoint.active:
        raise NotAgain("The endpoint is switched off.")
    now, id = timezone.now(), uuid.uuid4()
    event = Event.objects.create(
        id=id,
        app=endpoint.app,
        type=EventType.TEST,
        key=f"test:{id}",
        subject=f"endpoint:{endpoint.id}",
        payload={"endpoint": endpoint.url},
        created_at=now,
        not_before=now,
        spread_at=now,
    )
    delivery = Delivery.objects.create(event=event, subject=event.subject, endpoint=endpoint)
    record(Verb.REPLAY, "endpoint", endpoint.id, user=by, new={"test": str(event.id)})
    transaction.on_commit(wake)
    return delivery


@transaction.atomic
def rotate_secret(endpoint: Endpoint, by: User | None = None, grace: timedelta = ROTATION) -> str:
    """A new secret, returned once to be shown. Until `grace` is over the old one signs too."""
    endpoint.old_secret, endpoint.secret = endpoint.secret, new_secret()
    endpoint.old_secret_until = timezone.now() + grace
    endpoint.save(update_fields=["secret", "old_secret", "old_secret_until"])
    record(Verb.KEY_ROTATED, "endpoint", endpoint.id, user=by)
    return endpoint.secret
