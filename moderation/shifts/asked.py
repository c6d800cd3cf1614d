"""What the page is asked for. All of it stands in its address, so a link shows the same to the next."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo

from django.http import HttpRequest
from django.utils import timezone
from django.utils.http import urlencode

from brickmod import markets
from moderation.desk.markets import zone
from moderation.shifts.counting import hour_of

DAYS = (1, 2, 7, 14, 28, 91)
USUAL = 2
BY = ("hour", "shift", "day")
BEGINS = tuple(range(8))  # when the first of three shifts of eight hours begins
USUAL_BEGIN = 6
MOST_HOURS = 7  # days up to which hours are drawn one by one


@dataclass(frozen=True)
class Asked:
    """`market`, `language` "" are all. The time from `first` on up to now is shown `by` hour, shift or day, on the
    market's clock (UTC for all of them)."""

    market: str
    language: str
    days: int
    by: str
    begin: int
    now: datetime

    @classmethod
    def of(cls, request: HttpRequest) -> "Asked":
        market = request.GET.get("market", "").upper()
        language = request.GET.get("language", "").lower()
        days = _number(request, "days", DAYS, USUAL)
        by = request.GET.get("by", "")
        by = by if by in BY else "hour"
        return cls(
            market if markets.is_market(market) else "",
            language if language.isalpha() and len(language) <= 8 else "",
            days,
            "day" if by == "hour" and days > MOST_HOURS else by,
            _number(request, "begin", BEGINS, USUAL_BEGIN),
            timezone.now(),
        )

    @property
    def zone(self) -> tzinfo:
        return zone(self.market) if self.market else UTC

    @property
    def zone_name(self) -> str:
        return str(self.zone) if self.market else "UTC"

    @property
    def first(self) -> datetime:
        """By hour so many times 24 of them; else from the beginning of a day or of its first shift."""
        if self.by == "hour":
            return hour_of(self.now) - timedelta(days=self.days) + timedelta(hours=1)
        here = self.now.astimezone(self.zone)
        begin = self.begin if self.by == "shift" else 0
        start = here.replace(hour=begin, minute=0, second=0, microsecond=0)
        return hour_of((start if start <= here else start - timedelta(days=1)) - timedelta(days=self.days - 1))

    @property
    def last(self) -> datetime:
        """The end of this hour."""
        return hour_of(self.now) + timedelta(hours=1)

    def period(self, at: datetime) -> str:
        """The name of the hour, shift or day in which `at` lies, in an order that sorts."""
        here = at.astimezone(self.zone)
        if self.by == "hour":
            return f"{here:%Y-%m-%d %H:00}"
        if self.by == "day":
            return f"{here:%Y-%m-%d}"
        since = (here.hour - self.begin) % 24
        starts = (here - timedelta(hours=since)).date()
        begins = (self.begin + since // 8 * 8) % 24
        return f"{starts} {since // 8 + 1}: {begins:02}–{(begins + 8) % 24:02}"

    @property
    def state(self) -> str:
        """The address' query, for links to the same figures."""
        given = {"market": self.market, "language": self.language}
        given |= {"days": str(self.days) if self.days != USUAL else "", "by": self.by if self.by != "hour" else ""}
        given["begin"] = str(self.begin) if self.begin != USUAL_BEGIN else ""
        return urlencode({name: value for name, value in given.items() if value})


def _number(request: HttpRequest, name: str, among: tuple[int, ...], usual: int) -> int:
    given = request.GET.get(name, "")
    return int(given) if given.isdecimal() and len(given) < 5 and int(given) in among else usual
