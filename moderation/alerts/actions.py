"""What happens to alerts: they are raised and end by themselves, people close them and tell the app's developers.
What people do with all uploads of one stands in bulk.py."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import structlog
from django.db import IntegrityError, transaction
from django.utils import timezone

from brickmod.access.models import App
from brickmod.outbox.actions import emit
from brickmod.outbox.models import EventType
from moderation.alerts import counts
from moderation.alerts.models import Alert, AlertState, Hour
from moderation.alerts.scan import Burst, bursts, same_file, uploads_burst
from moderation.authors.told import moment
from moderation.desk.door import LEAD, may
from moderation.intake.models import Part, Submission
from moderation.prefilter.models import Finding

log = structlog.get_logger(__name__)

OVER_AFTER = timedelta(minutes=30)  # without more than usual an alert ends by itself
HUSH = timedelta(hours=1)  # what a person closed is not raised anew before
KEEP = timedelta(days=30)


def watch(now: datetime | None = None) -> dict[str, int]:
    """Count what is over, scan what is now, raise what is more than usual, end what is over. Twice is fine: one open
    alert a series, held by the database."""
    now = now or timezone.now()
    raised = 0
    for app in App.objects.order_by("id"):
        counts.count_hours(app, now)
        for burst in seen(app, now):
            raised += _raise(app, burst, now)
    quiet = Alert.objects.filter(state=AlertState.OPEN, seen_at__lt=now - OVER_AFTER)
    return {"raised": raised, "over": quiet.update(state=AlertState.CLOSED, closed_at=now)}


def seen(app: App, now: datetime) -> list[Burst]:
    """The bursts of an app that are going on. The number of uploads is one only where nothing else explains it, and a
    file that comes again only where what was found in it does not."""
    cells = counts.cells(app, now)
    if not cells:
        return []
    found = bursts(cells, lambda thing: counts.past(app, thing, now), now)
    since = now - counts.LONGEST
    uploads = sum(cell.uploads[-1] for cell in cells.values())
    for digest, n, before in counts.repeated_files(app, now):
        day = counts.uploads_between(app, now - timedelta(days=1), since)
        burst = same_file(digest, n, uploads, before, day)
        if burst and not any(_explains(app, one, digest, n, since) for one in found):
            found.append(burst)
    if not found and (many := uploads_burst(cells, counts.upload_hours(app, now), now)):
        found.append(many)
    return found


def _explains(app: App, burst: Burst, digest: str, n: int, since: datetime) -> bool:
    """Was what this burst is about found in most of the uploads of the file?"""
    if burst.digest:
        return False
    same = Part.objects.filter(digest=digest, submission__app=app, submission__received_at__gt=since)
    in_it = Finding.objects.filter(part__in=same, detector=burst.detector, reason=burst.reason)
    marked = in_it.filter(verdict__in=counts.FOUND).values("part__submission_id").distinct().count()
    return marked * 2 > n


def _raise(app: App, burst: Burst, now: datetime) -> int:
    figures = {"counted": burst.counted, "expected": burst.expected, "minutes": burst.minutes, "chance": burst.chance}
    cut = {"version": burst.version, "market": burst.market}
    known = Alert.objects.filter(app=app, series=burst.series)
    # An open one follows what is seen: its cut is that of the likeliest moment so far.
    if known.filter(state=AlertState.OPEN).update(seen_at=now):
        known.filter(state=AlertState.OPEN, counted__lt=burst.counted).update(**figures, **cut)
        return 0
    if known.filter(closed_by__isnull=False, closed_at__gt=now - HUSH).exists():
        return 0
    begin = {"since": now - timedelta(minutes=burst.minutes), "raised_at": now, "seen_at": now}
    what = {"detector": burst.detector, "reason": burst.reason, "digest": burst.digest}
    try:
        with transaction.atomic():
            alert = Alert.objects.create(app=app, series=burst.series, **what, **cut, **figures, **begin)
    except IntegrityError:
        return 0  # another process was first
    log.warning("alerts.raised", alert=str(alert.id), app=app.slug, series=alert.series, **cut, counted=burst.counted)
    return 1


@transaction.atomic
def close(user: Any, id: UUID) -> None:
    """Somebody has dealt with it. Raises PermissionDenied."""
    may(user, LEAD)
    Alert.objects.filter(id=id, state=AlertState.OPEN).update(
        state=AlertState.CLOSED, closed_at=timezone.now(), closed_by=user
    )


@transaction.atomic
def tell(user: Any, id: UUID, says: str = "") -> None:
    """Tell the app's developers, once. Raises PermissionDenied."""
    may(user, LEAD)
    alert = Alert.objects.select_for_update(of=("self",)).select_related("app").get(id=id)
    if alert.told_at is None:
        alert.told_at, alert.told_by = timezone.now(), user
        alert.save(update_fields=["told_at", "told_by"])
        emit(alert.app, EventType.ALERT, f"alert:{alert.id}", f"alert:{alert.id}", told(alert, says))


def told(alert: Alert, says: str = "") -> dict[str, Any]:
    """The data of `alert.raised`: no word, no name and no file of a child."""
    return {
        "id": str(alert.id),
        "since": moment(alert.since),
        "detector": alert.detector or None,
        "reason": alert.reason or None,
        "app_version": alert.version or None,
        "market": alert.market or None,
        "same_file": bool(alert.digest),
        "minutes": alert.minutes,
        "counted": alert.counted,
        "expected": round(alert.expected, 2),
        "uploads": counts.members(alert).count(),
        "says": says,
    }


def tidy(now: datetime | None = None) -> dict[str, int]:
    """Forget what is older than what the scan looks back to, and closed alerts after a month."""
    now = now or timezone.now()
    hours, _ = Hour.objects.filter(hour__lt=now - counts.HISTORY - timedelta(days=1)).delete()
    alerts, _ = Alert.objects.filter(state=AlertState.CLOSED, closed_at__lt=now - KEEP).delete()
    return {"hours": hours, "alerts": alerts}


def examples_of(alert: Alert, hidden: list[str], most: int = 12) -> list[Submission]:
    """Uploads of it that this person may see, the newest first."""
    rows = counts.members(alert).exclude(queue__in=hidden).exclude(state="withdrawn")
    return list(rows.order_by("-received_at").prefetch_related("parts__findings")[:most])
