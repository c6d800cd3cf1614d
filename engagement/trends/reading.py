"""What the page shows, read from daily counts: arrays by day and theme. No creation is read."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

import numpy as np
from django.db.models import Case, Count, IntegerField, Sum, Value, When
from numpy.typing import NDArray

from engagement.characters.models import Draft
from engagement.daily.models import ThemeCorrection
from engagement.themes.models import Theme
from engagement.trends.models import ThemeDay

NONE = "no theme"
AGES = (("under 6 hours", 6), ("6 to 24 hours", 24), ("1 to 2 days", 48), ("2 to 7 days", 168), ("over 7 days", None))
PAST_DAYS = 7 * 13  # that trends look back


@dataclass(frozen=True)
class Counted:
    """`days` datetime64[D] (d,), one after the other; `slugs` (s,) with "" for none, most frequent first; `counts`
    int64 (d, s)."""

    days: NDArray[np.datetime64]
    slugs: tuple[str, ...]
    counts: NDArray[np.int64]


def by_day(first: date, last: date, market: str = "") -> Counted:
    """From `first` to `last`, both with."""
    rows = ThemeDay.objects.filter(day__gte=first, day__lte=last)
    rows = rows.filter(market=market) if market else rows
    found = list(rows.order_by().values_list("day", "slug").annotate(n=Sum("creations")))
    slugs = sorted({slug for _, slug, _ in found})
    place = {slug: n for n, slug in enumerate(slugs)}
    counts = np.zeros(((last - first).days + 1, len(slugs)), np.int64)
    for day, slug, n in found:
        counts[(day - first).days, place[slug]] = n
    order = np.argsort(-counts.sum(0), kind="stable")
    return Counted(
        np.arange(str(first), str(last + timedelta(days=1)), dtype="datetime64[D]"),
        tuple(slugs[n] for n in order),
        counts[:, order],
    )


def by_market(first: date, last: date) -> dict[str, dict[str, int]]:
    """market -> slug -> creations."""
    rows = ThemeDay.objects.filter(day__gte=first, day__lte=last).order_by().values_list("market", "slug")
    found: dict[str, dict[str, int]] = {}
    for market, slug, n in rows.annotate(n=Sum("creations")):
        found.setdefault(market, {})[slug] = n
    return found


def decided(first: date, last: date, market: str = "") -> dict[str, int]:
    """slug -> creations whose draft a person decided on, and so saw the theme."""
    rows = ThemeDay.objects.filter(day__gte=first, day__lte=last)
    rows = rows.filter(market=market) if market else rows
    return dict(rows.order_by().values_list("slug").annotate(n=Sum("decided")))


def corrections(since: datetime, market: str = "") -> list[tuple[str, str, int]]:
    """(guessed, said, how often), most often first, of creations published since then."""
    rows = ThemeCorrection.objects.filter(creation__published_at__gte=since)
    rows = rows.filter(creation__market=market) if market else rows
    found = rows.order_by().values_list("guessed", "said").annotate(n=Count("id"))
    return sorted(found, key=lambda row: (-row[2], row[0], row[1]))


def queue(now: datetime, market: str = "") -> list[int]:
    """Drafts that wait for a person, by AGES."""
    rows = Draft.objects.waiting()
    rows = rows.filter(creation__market=market) if market else rows
    whens = [
        When(made_at__gt=now - timedelta(hours=hours), then=Value(n)) for n, (_, hours) in enumerate(AGES) if hours
    ]
    aged = rows.order_by().annotate(age=Case(*whens, default=Value(len(AGES) - 1), output_field=IntegerField()))
    found = dict(aged.values_list("age").annotate(n=Count("id")))
    return [found.get(n, 0) for n in range(len(AGES))]


def oldest(market: str = "") -> datetime | None:
    """When the draft that waits the longest was made."""
    rows = Draft.objects.waiting()
    rows = rows.filter(creation__market=market) if market else rows
    return rows.order_by("made_at").values_list("made_at", flat=True).first()


def markets_there() -> list[str]:
    return sorted(ThemeDay.objects.order_by().values_list("market", flat=True).distinct())


def names() -> dict[str, str]:
    """slug -> what people call it."""
    return {"": NONE} | dict(Theme.objects.values_list("slug", "name"))
