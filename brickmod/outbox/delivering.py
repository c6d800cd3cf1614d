"""From events to messages: spread, lease, send, mark. Each step may be done by several couriers at once."""

import json
import time
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

import structlog
from django.db import transaction
from django.db.models import Count, F
from django.utils import timezone

from brickmod.outbox import signing
from brickmod.outbox.models import Delivery, DeliveryState, Endpoint, Event
from brickmod.outbox.schedule import next_try
from brickmod.outbox.transport import Answer, post
from brickmod.web.metrics import DELIVERIES, WEBHOOK_LAG

log = structlog.get_logger(__name__)

LEASE = timedelta(seconds=60)  # more than a message can take: name, connection, deadline
SENDERS = 16
AT_ONCE = 4  # to one endpoint, over all couriers: a slow one holds no more of us
SPREAD_AT_ONCE = 100
RUN_SECONDS = 20.0


@dataclass(frozen=True)
class Message:
    """A leased delivery with all that is needed to send it: senders do not touch the database."""

    delivery: int
    event: UUID
    type: str
    url: str
    secrets: list[str]
    body: bytes
    leased_until: datetime
    due: datetime
    since: datetime
    tries: int


def spread(limit: int = SPREAD_AT_ONCE) -> int:
    """Make deliveries of the events whose time has come; returns how many events that were.

    1. Events are read without a lock. 2. One conditional UPDATE each: 1 row = ours to spread, 0 = taken back, or
    another courier was first. 3. Its deliveries are written in the same transaction: a crash leaves all or nothing.
    """
    now = timezone.now()
    done = 0
    with transaction.atomic():
        events = list(Event.objects.to_spread(now).only("id", "app_id", "type", "subject")[:limit])
        if not events:
            return 0
        endpoints: dict[int, list[Endpoint]] = {}
        for endpoint in Endpoint.objects.filter(app__in={event.app_id for event in events}, active=True):
            endpoints.setdefault(endpoint.app_id, []).append(endpoint)
        for event in events:
            if not Event.objects.to_spread(now).filter(id=event.id).order_by().update(spread_at=now):
                continue
            done += 1
            Delivery.objects.bulk_create(
                [
                    Delivery(event=event, subject=event.subject, endpoint=endpoint, next_try_at=now, since=now)
                    for endpoint in endpoints.get(event.app_id, [])
                    if endpoint.wants(event.type)
                ]
            )
    return done


def lease(room: int, only: int | None = None) -> list[Message]:
    """Up to `room` deliveries that are due, ours until the lease ends; at most AT_ONCE under way to one endpoint."""
    now = timezone.now()
    until = now + LEASE
    due = Delivery.objects.due(now)
    if only is not None:
        due = due.filter(id=only)
    busy = dict(Delivery.objects.under_way(now).order_by().values_list("endpoint").annotate(n=Count("id")))
    won: list[Message] = []
    # Asked one by one, so that each is answered from an index, however much waits for another endpoint.
    for endpoint in Endpoint.objects.filter(active=True).order_by("id").values_list("id", flat=True):
        for id in due.filter(endpoint=endpoint).values_list("id", flat=True)[: max(0, AT_ONCE - busy.get(endpoint, 0))]:
            if len(won) >= room:
                return won
            # 0 rows = another courier was first. Asks only the row itself: PostgreSQL looks at that again when it had
            # to wait for its lock, but not at what a subquery found before.
            if Delivery.objects.free(now).filter(id=id).update(leased_until=until, tries=F("tries") + 1):
                delivery = Delivery.objects.select_related("event", "endpoint").filter(id=id).first()
                if delivery is not None:  # None: erased just now
                    won.append(_message(delivery, until, now))
    return won


def _message(delivery: Delivery, until: datetime, now: datetime) -> Message:
    event = delivery.event
    body = {
        "type": event.type,
        "timestamp": event.not_before.astimezone(UTC).isoformat().replace("+00:00", "Z"),
        "data": event.payload,
    }
    return Message(
        delivery=delivery.id,
        event=event.id,
        type=event.type,
        url=delivery.endpoint.url,
        secrets=delivery.endpoint.secrets(now),
        # Always the same bytes for the same event, so that who compares bodies sees that it is the same.
        body=json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode(),
        leased_until=until,
        due=event.not_before,
        since=delivery.since,
        tries=delivery.tries,
    )


def send(message: Message) -> Answer:
    """The message on its way, signed as of now."""
    headers = signing.headers(message.secrets, str(message.event), int(time.time()), message.body)
    return post(message.url, message.body, headers)


def mark(message: Message, answer: Answer) -> None:
    """Write down how it went. After the sending, never before: a crash between the two sends it again, under the same
    id, and the receiver knows it by that. What a courier writes whose lease is over no longer counts, unless it got
    through."""
    now = timezone.now()
    row = Delivery.objects.filter(id=message.delivery, state=DeliveryState.WAITING)
    if answer.ok:
        if row.update(
            state=DeliveryState.DELIVERED,
            delivered_at=now,
            leased_until=None,
            last_status=answer.status,
            last_error="",
        ):
            DELIVERIES.labels(outcome="delivered").inc()
            WEBHOOK_LAG.observe(max(0.0, (now - message.due).total_seconds()))
        return
    row = row.filter(leased_until=message.leased_until)
    at = None if answer.gone else next_try(message.tries, message.since, now, answer.wish)
    said = {"leased_until": None, "last_status": answer.status, "last_error": answer.error[:300]}
    if at is None:
        row.update(state=DeliveryState.DEAD, **said)
    else:
        row.update(next_try_at=at, **said)
    outcome = "retried" if at else "given_up"
    DELIVERIES.labels(outcome=outcome).inc()
    where = {
        "delivery": message.delivery,
        "message": str(message.event),
        "status": answer.status,
        "error": answer.error,
    }
    if at is None:
        log.error("outbox.given_up", **where)
    else:
        log.warning("outbox.not_delivered", tries=message.tries, next_try_at=at.isoformat(), **where)
    if answer.gone:
        _switch_off(message)


def _switch_off(message: Message) -> None:
    """The receiver said that it is gone for good: nothing more is sent there, and a person has to look at it."""
    reason = "It answered 410 Gone: it wants no more events."
    with transaction.atomic():
        endpoint = Delivery.objects.filter(id=message.delivery).values_list("endpoint_id", flat=True).first()
        if endpoint is None:
            return  # erased just now
        Endpoint.objects.filter(id=endpoint, active=True).update(active=False, stopped_because=reason)
        Delivery.objects.filter(endpoint=endpoint, state=DeliveryState.WAITING).update(
            state=DeliveryState.DEAD, leased_until=None, last_error="The endpoint was switched off."
        )
    log.error("outbox.endpoint_stopped", endpoint=endpoint, reason=reason)


def run(seconds: float = RUN_SECONDS, only: int | None = None) -> int:
    """Spread and send what is due until nothing is, or `seconds` are over; returns how many were tried.

    Each sender takes the next message as soon as it is free, so a slow endpoint delays nobody but itself.
    """
    ends = time.monotonic() + seconds
    under_way: dict[Future[Answer], Message] = {}
    tried = 0
    with ThreadPoolExecutor(SENDERS, thread_name_prefix="sender") as pool:
        while True:
            if time.monotonic() < ends:
                if only is None:
                    while spread() == SPREAD_AT_ONCE:
                        pass
                for message in lease(SENDERS - len(under_way), only):
                    under_way[pool.submit(send, message)] = message
                    tried += 1
            if not under_way:
                return tried
            for future in wait(under_way, timeout=0.5, return_when=FIRST_COMPLETED).done:
                message = under_way.pop(future)
                error = future.exception()
                if error is not None:
                    log.error("outbox.sending_failed", delivery=message.delivery, exc_info=error)
                mark(message, Answer(error=f"Could not be sent: {type(error).__name__}.") if error else future.result())
