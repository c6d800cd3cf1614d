"""Counts the hours anew, a day at a time: a few queries by index and one transaction each. Twice is fine."""

import time
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Max, Min, Q
from django.utils import timezone

from brickmod.access.models import App, User
from moderation.appeals.models import Appeal
from moderation.appeals.models import Outcome as Answer
from moderation.desk.models import Decision
from moderation.intake.models import DecidedBy, State, Submission
from moderation.prefilter.models import Finding, Recheck, RecheckAnswer
from moderation.queues.routing import primary
from moderation.shifts.durations import LONGEST, bin_of
from moderation.shifts.models import Count, Hour, HourTime, Spared

RECENT = timedelta(hours=3)
LATE = timedelta(days=30)  # appeals and corrections come so late; counted anew every night
KEPT = 50  # counts that are remembered
Key = tuple[datetime, str, str]


def count(back: timedelta = RECENT, now: datetime | None = None) -> Count:
    """Count the hours of the time `back` anew, and what was never counted."""
    now = now or timezone.now()
    started = time.monotonic()
    start = hour_of(now - back)
    if (last := Count.objects.aggregate(at=Max("made_at"))["at"]) is None:
        # The first time: everything there is.
        first = Submission.objects.aggregate(at=Min("received_at"))["at"]
        start = min(start, hour_of(first)) if first else start
    else:
        start = min(start, hour_of(last))
    end = hour_of(now) + timedelta(hours=1)
    at = start
    while at < end:
        until = min(at + timedelta(days=1), end)
        _count(at, until)
        at = until
    row = Count.objects.create(made_at=now, since=start, seconds=time.monotonic() - started)
    Count.objects.exclude(id__in=list(Count.objects.values_list("id", flat=True)[:KEPT])).delete()
    return row


def hour_of(at: datetime) -> datetime:
    return at.astimezone(UTC).replace(minute=0, second=0, microsecond=0)


def _count(start: datetime, end: datetime) -> None:
    hours: dict[Key, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    times: dict[tuple[Key, int], int] = defaultdict(int)
    # An index begins with the app, another with the person: all of them are named, so that it is used.
    within = {"app__in": list(App.objects.values_list("id", flat=True)), "received_at__gte": start}
    arrived = Submission.objects.filter(**within, received_at__lt=end)
    for at, market, language in arrived.values_list("received_at", "market", "language").iterator():
        hours[_key(at, market, language)]["arrivals"] += 1
    _decisions(start, end, hours, times)
    spared = _spared(arrived)
    with transaction.atomic():
        for model in (Hour, HourTime, Spared):
            model.objects.filter(at__gte=start, at__lt=end).delete()
        more: dict[str, Any] = {"batch_size": 400, "ignore_conflicts": True}  # somebody counts the same hour just now
        Hour.objects.bulk_create([Hour(**_named(key), **n) for key, n in sorted(hours.items())], **more)
        HourTime.objects.bulk_create(
            [HourTime(**_named(key), bin=bin, n=n) for (key, bin), n in sorted(times.items())], **more
        )
        Spared.objects.bulk_create(
            [Spared(**_named(key), detector=name, **n) for (key, name), n in sorted(spared.items())], **more
        )


def _decisions(
    start: datetime,
    end: datetime,
    hours: dict[Key, dict[str, float]],
    times: dict[tuple[Key, int], int],
) -> None:
    people = list(User.objects.values_list("id", flat=True))
    rows = Decision.objects.filter(
        moderator__in=people, decided_at__gte=start, decided_at__lt=end, reverses=None, on_appeal=False
    ).order_by()
    for market, language, shown, at, due, undone, ended, appeal in rows.values_list(
        "submission__market",
        "submission__language",
        "shown_at",
        "decided_at",
        "submission__review_due_at",
        "undone_at",
        "reversed_at",
        "appeal__outcome",
    ).iterator():
        key = _key(at, market, language)
        hour = hours[key]
        if undone:
            hour["undone"] += 1
            continue
        hour["decided"] += 1
        hour["late"] += due is not None and at > due
        if appeal == Answer.CHANGED:
            hour["overturned"] += 1
        elif ended:
            hour["reversed"] += 1
        if shown and at >= shown:
            took = (at - shown).total_seconds()
            hour["timed"] += 1
            hour["seconds"] += min(took, LONGEST)
            times[key, bin_of(took)] += 1


def _spared(arrived: Any) -> dict[tuple[Key, str], dict[str, float]]:
    """What the prefilter rejected: what stands, and what a recheck or an appeal brought back."""
    back = {
        *Recheck.objects.filter(submission__in=arrived, answer=RecheckAnswer.BACK).values_list("submission", flat=True),
        *Appeal.objects.filter(
            submission__in=arrived, decision=None, measure=None, outcome=Answer.CHANGED
        ).values_list("submission", flat=True),
    }  # fmt: skip
    checked = {
        id: (chance, answer == RecheckAnswer.BACK)
        for id, chance, answer in Recheck.objects.filter(submission__in=arrived)
        .exclude(answer="")
        .values_list("submission", "chance", "answer")
    }
    rejected = arrived.filter(Q(decided_by=DecidedBy.PREFILTER, state=State.REJECTED) | Q(id__in=back))
    # The first that said so: the flow asks no other where one was sure.
    said = Finding.objects.filter(part__submission__in=rejected, verdict="reject").order_by("-id")
    detectors = dict(said.values_list("part__submission", "detector"))
    found: dict[tuple[Key, str], dict[str, float]] = defaultdict(lambda: defaultdict(float))
    for id, at, market, language in rejected.values_list("id", "received_at", "market", "language"):
        row = found[_key(at, market, language), detectors.get(id, "")]
        row["rejected"] += 1
        row["restored"] += id in back
        if id in checked and checked[id][0] > 0:
            chance, wrong = checked[id]
            row["checked"] += 1
            row["weight"] += 1 / chance
            row["square"] += 1 / chance**2
            row["back_weight"] += wrong / chance
    return found


def _key(at: datetime, market: str, language: str) -> Key:
    return hour_of(at), market, primary(language)


def _named(key: Key) -> dict[str, Any]:
    return dict(zip(("at", "market", "language"), key, strict=True))
