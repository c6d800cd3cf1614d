"""What was counted, by hour: read from the counts alone."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Sum

from moderation.shifts.models import Hour, HourTime, Spared

FIELDS = ("arrivals", "decided", "undone", "reversed", "overturned", "late", "timed", "seconds")


@dataclass
class Sums:
    """What one hour, day or shift comes to. `times`: bin -> decisions."""

    arrivals: int = 0
    decided: int = 0
    undone: int = 0
    reversed: int = 0
    overturned: int = 0
    late: int = 0
    timed: int = 0
    seconds: float = 0.0
    rejected: int = 0  # by detectors, of what arrived
    restored: int = 0
    times: dict[int, int] = field(default_factory=lambda: defaultdict(int))

    def add(self, other: "Sums") -> None:
        for name in (*FIELDS, "rejected", "restored"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        for bin, n in other.times.items():
            self.times[bin] += n

    @property
    def for_people(self) -> int:
        """What of the arrivals people had to look at."""
        return max(0, self.arrivals - self.by_detectors)

    @property
    def by_detectors(self) -> int:
        """What of the arrivals they rejected, and nobody brought back."""
        return self.rejected - self.restored


@dataclass(frozen=True)
class Detector:
    name: str
    rejected: int
    restored: int
    checked: int
    weight: float
    square: float
    back_weight: float


def _rows(model: Any, first: datetime, last: datetime, market: str, language: str) -> Any:
    rows = model.objects.filter(at__gte=first, at__lt=last).order_by()
    rows = rows.filter(market=market) if market else rows
    return rows.filter(language=language) if language else rows


def hours(first: datetime, last: datetime, market: str = "", language: str = "") -> dict[datetime, Sums]:
    """From `first` to before `last`, without the times; hours of which nothing is known are missing. Two queries."""
    found: dict[datetime, Sums] = defaultdict(Sums)
    asked = (first, last, market, language)
    for at, *sums in _rows(Hour, *asked).values_list("at").annotate(*(Sum(name) for name in FIELDS)):
        found[at] = Sums(*sums)
    for at, rejected, restored in _rows(Spared, *asked).values_list("at").annotate(Sum("rejected"), Sum("restored")):
        found[at].rejected, found[at].restored = rejected, restored
    return dict(found)


def times(first: datetime, last: datetime, market: str = "", language: str = "") -> Mapping[datetime, dict[int, int]]:
    """hour -> bin -> decisions. One query."""
    found: dict[datetime, dict[int, int]] = defaultdict(dict)
    for at, bin, n in _rows(HourTime, first, last, market, language).values_list("at", "bin").annotate(n=Sum("n")):
        found[at][bin] = n
    return found


def detectors(first: datetime, last: datetime, market: str = "", language: str = "") -> list[Detector]:
    """Those that rejected most first. One query."""
    names = ("rejected", "restored", "checked", "weight", "square", "back_weight")
    rows = _rows(Spared, first, last, market, language).values_list("detector").annotate(*(Sum(name) for name in names))
    return sorted((Detector(*row) for row in rows), key=lambda row: (-row.rejected, row.name))


def by(what: str, first: datetime, last: datetime) -> dict[str, Sums]:
    """Sums by "market" or "language", with what detectors rejected. Two queries."""
    found: dict[str, Sums] = defaultdict(Sums)
    for name, *sums in _rows(Hour, first, last, "", "").values_list(what).annotate(*(Sum(name) for name in FIELDS)):
        found[name] = Sums(*sums)
    for name, rejected, restored in (
        _rows(Spared, first, last, "", "").values_list(what).annotate(Sum("rejected"), Sum("restored"))
    ):
        found[name].rejected, found[name].restored = rejected, restored
    return dict(found)


def there() -> tuple[list[str], list[str]]:
    """(markets, languages) of which something was counted."""
    return (
        sorted(Hour.objects.order_by().values_list("market", flat=True).distinct()),
        sorted(Hour.objects.order_by().values_list("language", flat=True).distinct()),
    )
