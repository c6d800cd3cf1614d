"""The lead's page: does the desk keep up, why not, what comes, what does it cost. Its state stands in its address."""

from typing import Any

import structlog
from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET
from kombu.exceptions import OperationalError

from brickmod.web.guards import needs
from brickmod.web.spreadsheet import as_csv
from featurestore.compare.cost import Costs
from featurestore.compare.models import UnitCosts
from featurestore.compare.unit_costs import NAMES
from featurestore.overview.charts import Chart
from moderation.desk.markets import language_name, market_name
from moderation.queues.routing import primary
from moderation.shifts import drawn, reading
from moderation.shifts.asked import BEGINS, BY, DAYS, Asked
from moderation.shifts.live import Live, live
from moderation.shifts.models import Count
from moderation.shifts.planning import PAST, Plan, plan
from moderation.shifts.saying import Now, Said, say
from moderation.shifts.tasks import count
from moderation.shifts.unserved import unserved

log = structlog.get_logger(__name__)

SEE = "shifts.see"
OLD = 180  # seconds; beat counts every minute


@never_cache
@require_GET
@needs(SEE)
def shifts(request: HttpRequest) -> HttpResponse:
    """`?rows` answers with the part that is refreshed alone."""
    asked = Asked.of(request)
    now = live(asked.market, asked.language, asked.now)
    hours = reading.hours(min(asked.first, asked.now - PAST), asked.last, asked.market, asked.language)
    planned = plan(asked, hours, now)
    counted = Count.objects.first()
    context: dict[str, Any] = {
        "asked": asked,
        "live": now,
        "plan": planned,
        "needed": planned.coming[0] if planned.coming else None,
        "said": _said(now, planned),
        "unserved": unserved(asked.now),
        "counted": counted,
        "waiting": [
            ("market", [(market_name(row.name), row) for row in now.markets]),
            ("language", [(language_name(row.name), row) for row in now.languages]),
        ],
    }
    if "rows" in request.GET:
        return render(request, "moderation/shifts/_live.html", context)
    _ask_when_old(counted)
    markets, languages = reading.there()
    charts = _charts(asked, hours, planned)
    context |= {
        "charts": charts.values(),
        "markets": [(code, market_name(code)) for code in markets],
        "languages": [(code, language_name(code)) for code in languages],
        "days": DAYS,
        "by": BY,
        "begins": BEGINS,
    }
    return render(request, "moderation/shifts/shifts.html", context)


@never_cache
@require_GET
@needs(SEE)
def table(request: HttpRequest, key: str) -> HttpResponse:
    """A chart's figures as CSV, for the same address' query."""
    asked = Asked.of(request)
    now = live(asked.market, asked.language, asked.now)
    hours = reading.hours(min(asked.first, asked.now - PAST), asked.last, asked.market, asked.language)
    chart = _charts(asked, hours, plan(asked, hours, now)).get(key)
    if chart is None:
        raise Http404(_("There is no such table."))
    return as_csv(f"shifts-{key}", chart.table.columns, chart.table.rows)


def _charts(asked: Asked, hours: Any, planned: Plan) -> dict[str, Chart]:
    span = (asked.first, asked.last)
    here = (*span, asked.market, asked.language)
    periods = drawn.by_period(asked, hours, reading.times(*here))
    found = reading.detectors(*here)
    rows = UnitCosts.objects.filter(task__in=[one.name for one in found]).values("task", *NAMES)
    costs = {row.pop("task"): Costs(**row) for row in rows}
    by_market, by_language = reading.by("market", *span), reading.by("language", *span)
    charts = [
        drawn.coming(asked, planned),
        drawn.flow(asked, periods),
        drawn.how_long(asked, periods),
        drawn.overturns(asked, periods),
        drawn.by_detectors(asked, periods),
        drawn.saved(found, costs, planned.seconds),
        drawn.groups("market", by_market, {code: market_name(code) for code in by_market}),
        drawn.groups("language", by_language, {code: language_name(code) for code in by_language}),
    ]
    return {chart.key: chart for chart in charts}


def _said(now: Live, planned: Plan) -> Said:
    # Who names no language reads all of them.
    read = {primary(tag) for person in now.people for tag in person.languages}
    everything = any(not person.languages for person in now.people)
    unread = [row.name for row in now.languages if row.late and row.name not in read and not everything]
    arrived, decided, most = planned.last
    return say(
        Now(
            waiting=now.all.n,
            late=now.all.late,
            soon=now.all.soon,
            people=len(now.people),
            needed=planned.coming[0].people.people if planned.coming else None,
            arrived=arrived,
            decided=decided,
            foreseen_high=most,
            unread=[language_name(code) for code in unread] if now.people else [],
        )
    )


def _ask_when_old(counted: Count | None) -> None:
    """Where beat does not run, looking at the page counts; once a minute at most."""
    if counted and (timezone.now() - counted.made_at).total_seconds() < OLD:
        return
    if not cache.add("shifts.asked", 1, 60):
        return
    try:
        count.delay()
    except OperationalError:
        log.warning("shifts.broker_unreachable")
