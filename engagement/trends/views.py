"""Themes over time: what children build, what grows, where, and what waits. Its state stands in the address."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import structlog
from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET
from kombu.exceptions import OperationalError

from brickmod import markets
from brickmod.web.guards import needs
from brickmod.web.spreadsheet import as_csv
from engagement.trends import drawn, reading, rising
from engagement.trends.models import RollUp
from engagement.trends.tasks import roll_up
from featurestore.overview.charts import Chart

log = structlog.get_logger(__name__)

SEE = ("characters.approve", "featurestore.see_models")
DAYS = (14, 28, 56, 91, 364)
USUAL = 28
OLD = timedelta(minutes=15)  # beat counts every ten


@dataclass(frozen=True)
class Asked:
    """`market` "" is all; `days` up to and with today; `stacked`: counts, else shares with intervals."""

    market: str
    days: int
    stacked: bool
    today: date

    @classmethod
    def of(cls, request: HttpRequest) -> "Asked":
        market = request.GET.get("market", "").upper()
        days = request.GET.get("days", "")
        return cls(
            market if markets.is_market(market) else "",
            int(days) if days.isdigit() and int(days) in DAYS else USUAL,
            request.GET.get("show") == "counts",
            timezone.now().date(),
        )

    @property
    def first(self) -> date:
        return self.today - timedelta(days=self.days - 1)

    @property
    def state(self) -> str:
        """The address' query, for links to the same figures."""
        given = {"market": self.market, "days": str(self.days) if self.days != USUAL else ""}
        given["show"] = "counts" if self.stacked else ""
        return urlencode({name: value for name, value in given.items() if value})


@never_cache
@require_GET
@needs(*SEE)
def trends(request: HttpRequest) -> HttpResponse:
    asked = Asked.of(request)
    counted = RollUp.objects.first()
    _ask_when_old(counted)
    waiting_since = reading.oldest(asked.market)
    context: dict[str, Any] = {
        "asked": asked,
        "counted": counted,
        "markets": [(code, markets.name(code)) for code in reading.markets_there()],
        "days": DAYS,
        "waiting_since": waiting_since,
    }
    if counted:
        charts = _charts(asked)
        context |= {
            "charts": {key.replace("-", "_"): chart for key, chart in charts.items()},
            "words": _words(charts["trending"]),
            "total": sum(int(row[1]) for row in charts["over-time"].table.rows),
        }
    return render(request, "engagement/trends/trends.html", context)


@never_cache
@require_GET
@needs(*SEE)
def table(request: HttpRequest, key: str) -> HttpResponse:
    """A chart's figures as CSV, for the same address' query."""
    chart = _charts(Asked.of(request)).get(key)
    if chart is None:
        raise Http404(_("There is no such table."))
    return as_csv(f"engagement-{key}", chart.table.columns, chart.table.rows)


def _charts(asked: Asked) -> dict[str, Chart]:
    names = reading.names()
    found = reading.by_day(asked.first, asked.today, asked.market)
    # Today is not over: the last seven whole days, and the weeks before them.
    yesterday = asked.today - timedelta(days=1)
    past = reading.by_day(yesterday - timedelta(days=reading.PAST_DAYS - 1), yesterday, asked.market)
    before, now = rising.weeks(_from_the_first(past.counts))
    themes = [n for n, slug in enumerate(past.slugs) if slug]
    trend = rising.trends(before[:, themes], now[themes], before.sum(1), int(now.sum()))
    since = datetime.combine(asked.first, datetime.min.time(), UTC)
    charts = [
        drawn.trending(trend, [past.slugs[n] for n in themes], names, len(before)),
        drawn.over_time(found, names, asked.stacked),
        drawn.no_theme(found),
        drawn.by_market(reading.by_market(asked.first, asked.today), found.slugs, names),
        drawn.confusion(
            reading.corrections(since, asked.market), reading.decided(asked.first, asked.today, asked.market), names
        ),
        drawn.queue(reading.queue(timezone.now(), asked.market)),
    ]
    return {chart.key: chart for chart in charts}


def _from_the_first(counts: Any) -> Any:
    """Without the days before anything was published at all: they are no past."""
    some = counts.sum(1).nonzero()[0]
    return counts[some[0] :] if len(some) else counts[:0]


def _words(trending: Chart) -> str:
    """What rises and falls, in a sentence."""
    said: dict[str, list[str]] = {}
    for row in trending.table.rows:
        said.setdefault(str(row[1]), []).append(str(row[0]))
    parts = [
        f"{_listed(said[word])} {'is' if len(said[word]) == 1 else 'are'} {word}"
        for word in (rising.Says.RISING, rising.Says.FALLING)
        if word in said
    ]
    early = len(said.get(rising.Says.EARLY, []))
    if not parts:
        return "Nothing rises or falls beyond what chance and ordinary weeks do." + (
            f" For {early} of {len(trending.table.rows)} themes it is too early to tell." if early else ""
        )
    rest = f" For {early} others it is too early to tell." if early else ""
    return f"{'; '.join(parts)}.{rest}"


def _listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _ask_when_old(counted: RollUp | None) -> None:
    """Where beat does not run, looking at the page counts; once a minute at most."""
    if counted and timezone.now() - counted.made_at < OLD:
        return
    if not cache.add("trends.asked", 1, 60):
        return
    try:
        roll_up.delay()
    except OperationalError:
        log.warning("trends.broker_unreachable")
