"""Settles the features and the pairs of a day, once no link leads to any of them.

1. Market and day are coarsened: fewer than K features that say the same view, market and day lose their market; if
those are still fewer than K, they say no more than their month. 2. In the order of random numbers each gets its new id
and place (featurestore.privacy.settling).
"""

from datetime import UTC, date, datetime, time, timedelta

from django.db import transaction
from django.db.models import Count
from django.utils import timezone

from featurestore.compare.actions import seal_day
from featurestore.compare.models import Pair
from featurestore.privacy.settling import K, Move, settle
from featurestore.store import get_store
from moderation.prefilter.links import day_is_closed
from moderation.prefilter.models import Unsettled

BATCH = 500
AT_MOST = 10_000  # in one run; the next one goes on


def settle_days(now: datetime | None = None) -> int:
    """Settle what is due. Returns how many features were moved."""
    now = now or timezone.now()
    open_days = Unsettled.objects.filter(told_day=None).order_by().values_list("day", flat=True).distinct()
    for day in list(open_days):
        if _is_over(day, now):
            _coarsen(day)
    moved = 0
    for _ in range(AT_MOST // BATCH):
        with transaction.atomic():
            # `becomes` is random: in its order nobody came.
            rows = list(Unsettled.objects.exclude(told_day=None).order_by("becomes")[:BATCH])
            if not rows:
                break
            moved += settle(get_store(), [Move(r.feature, r.becomes, r.market, r.told_day or r.day) for r in rows])
            Unsettled.objects.filter(feature__in=[row.feature for row in rows]).delete()
    return moved


def settle_pairs(now: datetime | None = None) -> int:
    """Pack the pairs of days that no link leads to any more. Returns how many."""
    now = now or timezone.now()
    open_days = list(Pair.objects.order_by().values_list("day", flat=True).distinct())
    return sum(seal_day(day) for day in open_days if _is_over(day, now))


def _is_over(day: date, now: datetime) -> bool:
    return day_is_closed(datetime.combine(day + timedelta(days=1), time(), UTC), now)


@transaction.atomic
def _coarsen(day: date) -> None:
    """Decide what each feature of the day may still say; counted once, while all of the day are there."""
    rows = Unsettled.objects.filter(day=day, told_day=None)
    for view, market, count in list(rows.order_by().values_list("view", "market").annotate(n=Count("feature"))):
        if market and count < K:
            rows.filter(view=view, market=market).update(market="")
    merged = rows.filter(market="").order_by().values_list("view").annotate(n=Count("feature"))
    for view, count in list(merged):
        if count < K:
            rows.filter(view=view, market="").update(told_day=day.replace(day=1))
    rows.update(told_day=day)
