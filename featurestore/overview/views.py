"""The page of the store. It reads two snapshot rows and some drift tests, however much the store holds."""

from datetime import timedelta
from typing import Any

import structlog
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST
from kombu.exceptions import OperationalError

from brickmod.access import audit
from brickmod.access.models import Verb
from brickmod.web.guards import needs
from brickmod.web.spreadsheet import as_csv
from featurestore.overview import actions
from featurestore.overview.charts import Chart
from featurestore.overview.export import parquet
from featurestore.overview.forms import ExportForm
from featurestore.overview.models import DriftTest, Snapshot, SnapshotKind
from featurestore.overview.shown_changes import drifting, maps
from featurestore.overview.shown_counts import counted
from featurestore.overview.tasks import measure
from featurestore.store import get_store

log = structlog.get_logger(__name__)

SEE = "featurestore.see_models"
EXPORT = "featurestore.export"
KEPT_DAYS = 90  # of drift tests on the page


@never_cache
@require_GET
@needs(SEE)
def features(request: HttpRequest) -> HttpResponse:
    _ask_when_old()
    counts = _counts()
    context = {
        "counts": counts,
        "total": sum(n for _, _, n, _ in counts.data["encoders"]) if counts else 0,
        "groups": _groups(counts),
        "form": ExportForm(counts.data if counts else {}),
        "may_export": request.user.has_perm(EXPORT),
    }
    return render(request, "featurestore/overview/features.html", context)


@never_cache
@require_GET
@needs(SEE)
def table(request: HttpRequest, key: str) -> HttpResponse:
    """A chart's figures as CSV."""
    chart = next((c for _, charts in _groups(_counts()) for c in charts if c.key == key), None)
    if chart is None:
        raise Http404("There is no such table.")
    return as_csv(f"features-{key}", chart.table.columns, chart.table.rows)


@require_POST
@needs(SEE)
def count(request: HttpRequest) -> HttpResponse:
    """Somebody wants newer figures."""
    if not actions.want_newer(now=True):
        messages.info(request, "A count is under way. Load the page again in a moment.")
    elif _start():
        messages.success(request, "Counting. Load the page again in a moment.")
    else:
        messages.error(request, "The count could not be started: no worker can be reached.")
    return HttpResponseRedirect(reverse("features"))


@require_POST
@needs(EXPORT)
def export(request: HttpRequest) -> HttpResponseBase:
    """A label view's dataset as Parquet, sent while it is read. Who took what stands in the audit trail."""
    counts = _counts()
    form = ExportForm(counts.data if counts else {}, request.POST)
    if not form.is_valid():
        why = " ".join(str(error) for errors in form.errors.values() for error in errors)
        messages.error(request, f"Nothing was exported. {why}")
        return HttpResponseRedirect(reverse("features"))
    said = form.cleaned_data
    pieces = parquet(get_store(), said["task"], said["encoder"], said["view"], said["label_view"])
    with transaction.atomic():
        audit.record(Verb.EXPORT, "dataset", said["task"], user=request.user, new=said)
    name = f"{said['task']}-{said['label_view']}-{timezone.now():%Y-%m-%d}.parquet"
    return StreamingHttpResponse(
        pieces,
        content_type="application/vnd.apache.parquet",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


# -- what was found ----------------------------------------------------------------------------------------------
def _counts() -> Snapshot | None:
    row = Snapshot.objects.filter(kind=SnapshotKind.COUNTS).first()
    return row if row and row.made_at else None


def _groups(counts: Snapshot | None) -> list[tuple[str, list[Chart]]]:
    if counts is None or counts.made_at is None:
        return []
    day = counts.made_at.date()
    newest = DriftTest.objects.filter(day__gt=day - timedelta(days=KEPT_DAYS)).order_by("day", "subject")
    coverage = Snapshot.objects.filter(kind=SnapshotKind.COVERAGE).first()
    data: dict[str, Any] = coverage.data if coverage else {}
    return [
        ("What is there", counted(counts.data, day)),
        ("What changes", drifting(list(newest))),
        ("What is covered", maps(data)),
    ]


def _ask_when_old() -> None:
    if actions.want_newer():
        _start()


def _start() -> bool:
    try:
        measure.delay()
    except OperationalError:
        log.warning("overview.broker_unreachable")
        return False
    return True
