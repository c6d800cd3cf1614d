"""What comes in now, and what came in before: the queries behind the scan and the pages. All of them go by
(app, received_at), which has an index, so that they cost what came in lately and not what there is."""

from collections import defaultdict
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db.models import Count, Min, Q, QuerySet, Sum

from brickmod.access.models import App
from moderation.alerts.models import Alert, Hour
from moderation.alerts.past import Cut, Past, Uploads
from moderation.alerts.scan import LEAST, WINDOWS, Cell, Thing
from moderation.alerts.why import FEW_AUTHORS, Spread
from moderation.intake.models import Part, PartKind, Submission
from moderation.prefilter.models import Finding

HISTORY = timedelta(days=28)
QUEUEING = timedelta(minutes=15)  # what the prefilter looked at only so long after it came is not scanned
FOUND = ["flag", "reject", "error"]
FILES = [PartKind.IMAGE, PartKind.VIDEO]
SETTLED = timedelta(minutes=15)  # so long after an hour has ended it is counted
HOURS_AT_ONCE = 48
LONGEST = timedelta(minutes=WINDOWS[-1])


def cells(app: App, now: datetime) -> dict[Cut, Cell]:
    """What came in the windows that end now, by version and market. Two queries.

    Uploads count by when they were received; what was found counts by when it was found, so that a prefilter that is
    behind delays an alert, and makes none.
    """
    came = Submission.objects.filter(app=app, received_at__gt=now - LONGEST - QUEUEING, received_at__lte=now)
    counts: Any = (
        came.order_by()
        .values("app_version", "market")
        .annotate(
            **{f"u{m}": Count("id", filter=Q(received_at__gt=now - timedelta(minutes=m))) for m in WINDOWS},
            **{f"l{m}": Count("id", filter=_looked(now, m)) for m in WINDOWS},
        )
    )
    found: dict[Cut, dict[Thing, list[int]]] = defaultdict(dict)
    rows: Any = (
        Finding.objects.order_by()
        .filter(part__submission__in=came.filter(_looked(now, WINDOWS[-1])), verdict__in=FOUND)
        .values("part__submission__app_version", "part__submission__market", "detector", "reason")
        .annotate(
            **{
                f"f{m}": Count("part__submission_id", distinct=True, filter=_looked(now, m, "part__submission__"))
                for m in WINDOWS
            }
        )
    )
    for row in rows:
        cut = (row["part__submission__app_version"], row["part__submission__market"])
        found[cut][row["detector"], row["reason"]] = [row[f"f{m}"] for m in WINDOWS]
    return {
        cut: Cell([row[f"u{m}"] for m in WINDOWS], [row[f"l{m}"] for m in WINDOWS], found.get(cut, {}))
        for row in counts
        if (cut := (row["app_version"], row["market"]))
    }


def _looked(now: datetime, minutes: int, of: str = "") -> Q:
    return Q(**{f"{of}prefiltered_at__gt": now - timedelta(minutes=minutes), f"{of}prefiltered_at__lte": now})


def past(app: App, thing: Thing, now: datetime) -> Past:
    """The last four weeks of one thing, without the hours in which it was a burst: an alert must not become what is
    usual."""
    detector, reason = thing
    hours = Hour.objects.filter(app=app, hour__gt=now - HISTORY, hour__lt=now).exclude(
        hour__in=_burst_hours(app, f"{detector}/{reason}", now)
    )
    ours, looked = Q(detector=detector, reason=reason), Q(detector="", reason="")
    rows: Any = hours.filter(ours | looked)
    sums = {"n": Sum("count", filter=looked), "x": Sum("count", filter=ours)}
    return Past(
        {
            (row["version"], row["market"]): (row["n"] or 0, row["x"] or 0)
            for row in rows.order_by().values("version", "market").annotate(**sums)
        },
        [
            (row["hour"].astimezone(UTC), row["n"] or 0, row["x"] or 0)
            for row in rows.order_by().values("hour").annotate(**sums)
        ],
    )


def _burst_hours(app: App, series: str, now: datetime) -> set[datetime]:
    there = Alert.objects.filter(app=app, series=series, seen_at__gt=now - HISTORY)
    return {
        hour_of(since) + timedelta(hours=n)
        for since, seen in there.values_list("since", "seen_at")
        for n in range(int((hour_of(seen) - hour_of(since)) / timedelta(hours=1)) + 1)
    }


def upload_hours(app: App, now: datetime) -> dict[str, Uploads]:
    """By market, over the last four weeks, "" for all markets. An hour without any is not in it."""
    hours: dict[str, dict[datetime, int]] = defaultdict(lambda: defaultdict(int))
    rows = Hour.objects.filter(app=app, detector="", hour__gt=now - HISTORY, hour__lt=hour_of(now))
    for market, hour, n in rows.order_by().values_list("market", "hour").annotate(n=Sum("count")):
        hours[market][hour.astimezone(UTC)] += n
        hours[""][hour.astimezone(UTC)] += n
    return {market: Uploads(sorted(found.items())) for market, found in hours.items()}


def repeated_files(app: App, now: datetime) -> list[tuple[str, int, int]]:
    """(digest, in how many uploads now, in how many of the day before) of files that come again and again."""
    came = Submission.objects.filter(app=app, received_at__gt=now - LONGEST, received_at__lte=now)
    rows = (
        Part.objects.filter(submission__in=came, kind__in=FILES)
        .exclude(digest="")
        .order_by()
        .values("digest")
        .annotate(n=Count("submission_id", distinct=True))
        .filter(n__gte=LEAST)
    )
    day = {"submission__app": app, "submission__received_at__gt": now - timedelta(days=1)}
    return [
        (
            row["digest"],
            row["n"],
            Part.objects.filter(digest=row["digest"], submission__received_at__lte=now - LONGEST, **day).aggregate(
                n=Count("submission_id", distinct=True)
            )["n"],
        )
        for row in rows
    ]


def uploads_between(app: App, since: datetime, until: datetime) -> int:
    return Submission.objects.filter(app=app, received_at__gt=since, received_at__lte=until).count()


def count_hours(app: App, now: datetime) -> int:
    """Count the hours that are over and not counted yet. Each is written in one statement that changes nothing where
    it was counted before. Returns how many hours."""
    last = Hour.objects.filter(app=app).order_by("-hour").values_list("hour", flat=True).first()
    after = last + timedelta(hours=1) if last else now - HISTORY
    for n in range(HOURS_AT_ONCE):
        came = Submission.objects.filter(app=app, received_at__gte=after).aggregate(at=Min("received_at"))["at"]
        if came is None or (hour := hour_of(came)) + timedelta(hours=1) + SETTLED > now:
            return n
        _count_hour(app, hour)
        after = hour + timedelta(hours=1)
    return HOURS_AT_ONCE


def _count_hour(app: App, hour: datetime) -> None:
    came = Submission.objects.filter(app=app, received_at__gte=hour, received_at__lt=hour + timedelta(hours=1))
    rows = [
        Hour(app=app, hour=hour, version=version, market=market, count=n)
        for version, market, n in came.order_by().values_list("app_version", "market").annotate(n=Count("id"))
    ]
    of = ("part__submission__app_version", "part__submission__market", "detector", "reason")
    found = Finding.objects.filter(part__submission__in=came, verdict__in=FOUND).order_by().values_list(*of)
    rows += [
        Hour(app=app, hour=hour, version=version, market=market, detector=detector, reason=reason, count=n)
        for version, market, detector, reason, n in found.annotate(n=Count("part__submission_id", distinct=True))
    ]
    Hour.objects.bulk_create(rows, ignore_conflicts=True)


def hour_of(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(minute=0, second=0, microsecond=0)


# -- one alert ---------------------------------------------------------------------------------------------------
def members(alert: Alert) -> QuerySet[Submission]:
    """The uploads of an alert: from its beginning until it was seen last, in its cut, with what it is about."""
    # What was found is counted by when it was found, and may have come a while before.
    begin = alert.since - QUEUEING if alert.detector else alert.since
    rows = Submission.objects.filter(app=alert.app_id, received_at__gt=begin, received_at__lte=alert.seen_at)
    if alert.detector:
        rows = rows.filter(prefiltered_at__gt=alert.since)
    if alert.version:
        rows = rows.filter(app_version=alert.version)
    if alert.market:
        rows = rows.filter(market=alert.market)
    if alert.digest:
        rows = rows.filter(id__in=Part.objects.filter(digest=alert.digest, kind__in=FILES).values("submission_id"))
    elif alert.detector:
        meant = Finding.objects.filter(
            part__submission__app=alert.app_id, part__submission__received_at__gt=begin,
            detector=alert.detector, reason=alert.reason, verdict__in=FOUND,
        )  # fmt: skip
        rows = rows.filter(id__in=meant.values("part__submission_id"))
    return rows


def spread(alert: Alert, rows: Any) -> Spread:
    """How `rows` spread over versions, markets, files and authors, beside what is usual in the app."""
    usual: dict[str, dict[str, int]] = {"version": {}, "market": {}}
    before = Hour.objects.filter(app=alert.app_id, detector="", hour__gt=alert.since - HISTORY, hour__lt=alert.since)
    for name, counted in usual.items():
        counted.update(before.order_by().values_list(name).annotate(n=Sum("count")))
    plain = rows.order_by()
    files = Part.objects.filter(submission__in=rows, kind__in=FILES).exclude(digest="").order_by()
    authors = plain.values_list("author").annotate(n=Count("id"))
    return Spread(
        plain.count(),
        _beside(plain.values_list("app_version").annotate(n=Count("id")), usual["version"]),
        _beside(plain.values_list("market").annotate(n=Count("id")), usual["market"]),
        [(d, n, None) for d, n in files.values_list("digest").annotate(n=Count("submission_id", distinct=True))
         .filter(n__gt=1).order_by("-n", "digest")[:5]],
        plain.aggregate(n=Count("author", distinct=True))["n"],
        sum(n for _, n in authors.order_by("-n")[:FEW_AUTHORS]),
    )  # fmt: skip


def _beside(counts: Any, usual: dict[str, int]) -> list[tuple[str, int, float | None]]:
    whole = sum(usual.values())
    ordered = sorted(counts, key=lambda row: (-row[1], row[0]))
    return [(name, n, usual.get(name, 0) / whole if whole else None) for name, n in ordered[:10]]
