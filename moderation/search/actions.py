"""What can happen here: a view is kept or forgotten, looks of new pictures are taken, results are taken out."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import structlog
from django.db import transaction
from django.utils import timezone

from brickmod.access.audit import record
from brickmod.access.models import Verb
from moderation.desk.door import LEAD, SEE, may
from moderation.intake.models import Part, PartKind, Submission
from moderation.search.looks import bands, look
from moderation.search.models import Look, Looked, SavedView

log = structlog.get_logger(__name__)

MOST_VIEWS = 50
AT_ONCE = 200
OVERLAP = timedelta(minutes=2)  # a transaction may be seen so long after the moment that it gave its upload


class NotKept(ValueError):
    """A view that cannot be kept; the message says why."""


@transaction.atomic
def keep_view(user: Any, name: str, query: str, shared: bool = False) -> SavedView:
    """Keep a search under a name; the same name again replaces it. Only who leads shares. Raises NotKept."""
    may(user, LEAD if shared else SEE)
    name = " ".join(name.split())[:60]
    if not name:
        raise NotKept("Give it a name.")
    if not query:
        raise NotKept("There is nothing to keep: search for something first.")
    mine = SavedView.objects.filter(owner=user)
    if mine.count() >= MOST_VIEWS and not mine.filter(name=name).exists():
        raise NotKept(f"You have {MOST_VIEWS} views. Forget one first.")
    kept, _ = SavedView.objects.update_or_create(
        owner=user, name=name, defaults={"query": query[:1000], "shared": shared, "at": timezone.now()}
    )
    return kept


@transaction.atomic
def forget_view(user: Any, id: UUID) -> bool:
    """One's own; who leads may forget what others share too."""
    may(user, SEE)
    rows = SavedView.objects.filter(id=id)
    rows = rows.filter(owner=user) | rows.filter(shared=True) if user.has_perm(LEAD) else rows.filter(owner=user)
    return bool(rows.delete()[0])


def exported(user: Any, what: str, rows: int, query: str = "") -> None:
    """Who took out what. What was searched for may name a child, so only its fields stand in the trail."""
    fields = sorted({pair.partition("=")[0] for pair in query.split("&") if pair})
    record(Verb.EXPORT, what, "", user=user, new={"rows": rows, "fields": fields})


def take_looks(now: datetime | None = None, most: int = AT_ONCE) -> int:
    """Take the looks of pictures that came since the last time, oldest first. Returns how many pictures were read.
    Twice is fine: what has a look is left out."""
    now = now or timezone.now()
    first = Looked.objects.filter(id=1).values_list("until", flat=True).first()
    if first is None:  # on an old installation the past is for `manage.py take_looks`
        first = now - timedelta(days=1)
    came = Submission.objects.filter(received_at__gt=first - OVERLAP, received_at__lte=now)
    parts = list(
        Part.objects.filter(submission__in=came, kind=PartKind.IMAGE, look=None)
        .exclude(preview="")
        .exclude(submission__state="withdrawn")
        .select_related("submission")
        .order_by("submission__received_at", "id")[:most]
    )
    taken = [_look(part) for part in parts]
    with transaction.atomic():
        # A part that was erased meanwhile must not come back as a row that leads nowhere.
        there = set(
            Part.objects.select_for_update(of=("self",))
            .filter(id__in=[one.part_id for one in taken])
            .values_list("id", flat=True)
        )
        Look.objects.bulk_create([one for one in taken if one.part_id in there], ignore_conflicts=True)
        until = parts[-1].submission.received_at if len(parts) == most else now
        Looked.objects.update_or_create(id=1, defaults={"until": max(first, until)})
    return len(parts)


def _look(part: Part) -> Look:
    try:
        with part.preview.open("rb") as file:
            bits = look(file)
    except OSError as error:
        log.warning("search.no_look", part=str(part.id), error=type(error).__name__)
        bits = None
    return Look(part=part, **bands(bits)) if bits is not None else Look(part=part)
