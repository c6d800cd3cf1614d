"""This morning's runs: how far they are, how fast, and when they will be over."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from brickmod import markets
from brickmod.web.guards import needs
from engagement.daily.actions import SIZE
from engagement.daily.models import CreationTheme, DailyRun, RunState

SHOWN = 60
THEMES_OF = timedelta(days=2)


@dataclass(frozen=True)
class Row:
    """A run as it is shown. `per_minute`: creations; `ends_at`: at that rate, None when it cannot be told."""

    run: DailyRun
    market: str
    done: int
    per_minute: float | None
    ends_at: datetime | None


@never_cache
@require_GET
@needs("characters.approve", "featurestore.see_models")
def runs(request: HttpRequest) -> HttpResponse:
    rows = DailyRun.objects.annotate(shard_count=Count("shards"), open=Count("shards", Q(shards__done_at=None)))
    rows = rows.order_by("-day", "market")  # a grouped query has no order of its own
    shown = [_row(run) for run in rows[:SHOWN]]
    since = timezone.now() - THEMES_OF
    themes = list(
        CreationTheme.objects.filter(made_at__gte=since)
        .order_by()
        .values_list("name")
        .annotate(n=Count("id"))
        .order_by("-n", "name")
    )
    context = {
        "rows": shown,
        "running": any(row.run.state == RunState.RUNNING for row in shown),
        "themes": [(name or _("no theme"), n) for name, n in themes],
        "most": max((n for _, n in themes), default=1),
    }
    partial = getattr(request, "htmx", False)
    return render(request, "engagement/daily/_runs.html" if partial else "engagement/daily/runs.html", context)


def _row(run: "DailyRun") -> Row:
    done = run.creations if run.state == RunState.DONE else max(0, run.creations - SIZE * run.open)  # type: ignore[attr-defined]
    until = run.ended_at or timezone.now()
    minutes = (until - run.started_at).total_seconds() / 60
    rate = done / minutes if done and minutes > 0 else None
    left = run.creations - done
    ends = timezone.now() + timedelta(minutes=left / rate) if rate and left else None
    return Row(run, markets.name(run.market), done, rate, ends)
