"""How far people agree: for leads all of it, for everybody what is their own. Nobody else sees that."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from brickmod.access.models import User
from brickmod.web.guards import needs
from brickmod.web.spreadsheet import as_csv
from featurestore.overview.charts import Chart
from moderation.agreement import calibration, drawn, reading, second
from moderation.agreement.figures import Figure, alpha_of
from moderation.agreement.models import CalibrationAnswer, CalibrationItem, CalibrationSet, KnownCase, SecondLook
from moderation.agreement.rights import LEAD
from moderation.desk.door import DECIDE
from moderation.feedback.models import Reason

DAYS = (30, 90, 365)
MONTHS = 12
MISSES = 20


@dataclass(frozen=True)
class Asked:
    """In how many days."""

    days: int

    @property
    def since(self) -> Any:
        return timezone.now() - timedelta(days=self.days)

    @property
    def state(self) -> str:
        return f"days={self.days}"

    @classmethod
    def of(cls, request: HttpRequest) -> "Asked":
        days = request.GET.get("days", "")
        return cls(int(days) if days in {str(n) for n in DAYS} else DAYS[1])


@never_cache
@require_GET
@needs(DECIDE, LEAD)
def agreement(request: HttpRequest) -> HttpResponse:
    """The lead's page; whoever is none gets their own."""
    if not request.user.has_perm(LEAD):
        return _own(request)
    asked = Asked.of(request)
    found, order = reading.units(asked.since), reading.weights()
    by_reason, outcomes = reading.overall(found, order)
    month = calibration.current()
    context: dict[str, Any] = {
        "asked": asked,
        "days": DAYS,
        "units": len(found),
        "by_reason": by_reason,
        "outcomes": outcomes,
        "charts": _charts(found, asked, order).values(),
        "to_settle": SecondLook.objects.to_settle().count(),
        "waiting": SecondLook.objects.there().filter(outcome="", drawn_at__gt=timezone.now() - second.OPEN).count(),
        "misses": _misses(asked, None),
        "known": KnownCase.objects.usable().count(),
        "month": month,
        "progress": _progress(month) if month else [],
        "to_do": _to_do(request.user),
    }
    return render(request, "moderation/agreement/agreement.html", context)


@never_cache
@require_GET
@needs(DECIDE)
def own(request: HttpRequest) -> HttpResponse:
    """One's own agreement, and what one may look at."""
    return _own(request)


def _own(request: HttpRequest) -> HttpResponse:
    asked = Asked.of(request)
    found, order = reading.units(asked.since), reading.weights()
    me = request.user.pk
    mine = reading.person(found, me, "", reading.known_by_person(asked.since).get(me, {}), order)  # type: ignore[arg-type]
    context = {
        "asked": asked,
        "days": DAYS,
        "mine": mine,
        "known": [(where, hits) for where, hits in sorted(mine.known.items())],
        "misses": _misses(asked, me),
        "to_do": _to_do(request.user),
    }
    return render(request, "moderation/agreement/own.html", context)


@never_cache
@require_GET
@needs(LEAD)
def table(request: HttpRequest, key: str) -> HttpResponse:
    """A chart's figures as CSV, for the same address' query."""
    asked = Asked.of(request)
    chart = _charts(reading.units(asked.since), asked, reading.weights()).get(key)
    if chart is None:
        raise Http404("There is no such table.")
    return as_csv(f"agreement-{key}", chart.table.columns, chart.table.rows)


def _charts(found: list[reading.Unit], asked: Asked, order: dict[str, int]) -> dict[str, Chart]:
    people = reading.people(found, asked.since, order)
    charts = [
        drawn.by_person(people),
        drawn.by_reason(reading.by_reason(found)),
        drawn.by_month(_months(order)),
        drawn.known(people),
    ]
    return {chart.key: chart for chart in charts}


def _months(order: dict[str, int]) -> list[tuple[str, int, int, Figure | None]]:
    rows = []
    for one in reversed(CalibrationSet.objects.all()[:MONTHS]):
        found = reading.calibrated(CalibrationAnswer.objects.there().filter(item__set=one))
        people = len({id for unit in found for id in unit})
        figure = alpha_of([reading.value_of(said, order) for said in unit.values()] for unit in found)
        rows.append((f"{one.month:%Y-%m}", people, len(found), figure))
    return rows


def _misses(asked: Asked, person: int | None) -> list[dict[str, Any]]:
    titles = {reason.code: reason.name for reason in Reason.objects.all()}
    return [
        {"row": row, "as_known": [titles.get(code, code) for code in row.case.reasons]}
        for row in reading.misses(asked.since, person)[:MISSES]
    ]


def _progress(month: CalibrationSet) -> list[dict[str, Any]]:
    """How many each has done; not how."""
    people = User.objects.filter(is_active=True, groups__name__in=["moderator", "lead"]).distinct()
    of = CalibrationItem.objects.there().filter(set=month).count()
    answers = CalibrationAnswer.objects.there().filter(item__set=month).order_by().values_list("person")
    done = dict(answers.annotate(n=Count("id")).values_list("person", "n"))
    return [
        {"name": one.get_full_name() or one.username, "done": done.get(one.pk, 0), "of": of}
        for one in people.order_by("first_name", "username")
    ]


def _to_do(user: Any) -> dict[str, Any]:
    """What this person can decide on blind. Raises PermissionDenied for nobody: who cannot decide has nothing."""
    try:
        month = calibration.current()
        done, of = calibration.done(user, month) if month else (0, 0)
        return {"second": second.open_for(user).count(), "month": month, "left": of - done}
    except PermissionDenied:
        return {}
