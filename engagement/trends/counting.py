"""Counts creations by day, market and theme, a day at a time: each day is one grouped query and one transaction."""

import time
from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from datetime import time as clock
from typing import Any

from django.db import transaction
from django.db.models import Count, Max, Min
from django.utils import timezone

from engagement.characters.models import Draft, DraftState
from engagement.creations.models import Creation
from engagement.daily.models import CreationTheme
from engagement.trends.models import RollUp, ThemeDay

RECENT = 7  # days that may still change much: reported late, themed, decided on
KEPT = 50  # roll-ups that are remembered


def roll_up(whole: bool = False, now: datetime | None = None) -> RollUp:
    """Count the last RECENT days anew, or with `whole` (and the first time) all. Twice is fine."""
    now = now or timezone.now()
    started = time.monotonic()
    whole = whole or not RollUp.objects.exists()
    ends = Creation.objects.aggregate(first=Min("published_at"), last=Max("published_at"))
    total, since = 0, None if whole else now.date() - timedelta(days=RECENT)
    if ends["first"]:
        day, last = ends["first"].astimezone(UTC).date(), max(ends["last"].astimezone(UTC).date(), now.date())
        day = max(day, since) if since else day
        # What was withdrawn leaves no day behind.
        ThemeDay.objects.filter(day__lt=ends["first"].astimezone(UTC).date()).delete()
        while day <= last:
            total += _count(day)
            day += timedelta(days=1)
    else:
        ThemeDay.objects.all().delete()
    row = RollUp.objects.create(made_at=now, since=since, seconds=time.monotonic() - started, creations=total)
    RollUp.objects.exclude(id__in=list(RollUp.objects.values_list("id", flat=True)[:KEPT])).delete()
    return row


def _count(day: date) -> int:
    start = datetime.combine(day, clock(), UTC)
    within: dict[str, Any] = {
        "creation__published_at__gte": start,
        "creation__published_at__lt": start + timedelta(days=1),
    }
    by = ("creation__market", "slug")
    themed = CreationTheme.objects.filter(**within).order_by().values_list(*by).annotate(n=Count("id"))
    looked = (
        Draft.objects.filter(state__in=[DraftState.APPROVED, DraftState.DROPPED], **within)
        .order_by()
        .values_list("creation__market", "creation__theme__slug")
        .annotate(n=Count("creation", distinct=True))
    )
    rows: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0])
    for market, slug, n in themed:
        rows[market, slug][0] = n
    for market, slug, n in looked:
        if slug is not None:
            rows[market, slug][1] = n
    with transaction.atomic():
        ThemeDay.objects.filter(day=day).delete()
        ThemeDay.objects.bulk_create(
            [
                ThemeDay(day=day, market=market, slug=slug, creations=n, decided=decided)
                for (market, slug), (n, decided) in sorted(rows.items())
            ],
            batch_size=500,
            ignore_conflicts=True,  # somebody counts the same day at the same moment
        )
    return sum(n for n, _ in rows.values())
