"""A threshold by the risk that somebody is ready to take, what other risks would buy, and applying it."""

from typing import Any

import numpy as np
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST
from numpy.typing import NDArray

from brickmod.web.guards import needs
from featurestore.compare import lists, reading
from featurestore.compare.forms import RiskForm, ThresholdForm
from featurestore.compare.reading import BrokenBlock
from featurestore.compare.risk import FALSE_REJECT, MISSED, RiskChoice, curve
from featurestore.compare.views import PROMOTE, SEE
from featurestore.heads import actions
from featurestore.heads.models import HeadVersion
from featurestore.overview.charts import Chart, Table

LADDER = {
    FALSE_REJECT: (10, 20, 50, 100, 150, 200, 300, 500, 750, 1000, 1500, 2000, 3000, 5000, 10_000),
    MISSED: (2, 3, 4, 5, 7, 10, 15, 20, 30, 50, 75, 100, 200, 500, 1000),
}  # one in so many, as drawn
TICKS = [2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000]
ASKED = {"one_in": 200, "loss": FALSE_REJECT, "sure": 95}
LOST = {FALSE_REJECT: "good creations", MISSED: "finds"}


@never_cache
@require_GET
@needs(SEE)
def thresholds(request: HttpRequest, task: str) -> HttpResponse:
    lists.exists_or_404(task)
    return _page(request, task, request.GET)


@require_POST
@needs(PROMOTE)
def apply(request: HttpRequest, task: str) -> HttpResponse:
    """Sets the threshold that the page came to. What is refused stays on the page."""
    lists.exists_or_404(task)
    head = lists.version_or_404(task, request.POST.get("version", ""))
    form = ThresholdForm(request.POST)
    if not form.is_valid():
        return _page(request, task, request.POST, form)
    said = form.cleaned_data
    evidence = {"sentence": request.POST.get("sentence", "")[:500]}
    try:
        event = actions.set_threshold(head, said["threshold"], request.user, said["reason"], evidence=evidence)
    except actions.Refused as error:
        messages.error(request, str(error))
        return _page(request, task, request.POST, form)
    return HttpResponseRedirect(reverse("models-receipt", args=[task, event.id]))


def _page(request: HttpRequest, task: str, asked: Any, reason: ThresholdForm | None = None) -> HttpResponse:
    placed = lists.placed(task)
    versions = [(one.head.version, f"{one.head.version}, {one.says}") for one in placed]
    given = {"version": versions[0][0] if versions else "", **ASKED}
    form = RiskForm(versions, {name: asked.get(name, value) for name, value in given.items()})
    chosen, chart, none = None, None, ""
    one = None
    if form.is_valid():
        said = form.cleaned_data
        one = next(place for place in placed if place.head.version == said["version"])
        try:
            scores, labels, weights = _scores(one.head)
        except BrokenBlock as error:
            none = str(error)
        else:
            if len(scores):
                bounds = [1 / said["one_in"], *(1 / n for n in LADDER[said["loss"]])]
                chosen, *ladder = curve(scores, labels, weights, bounds, said["sure"] / 100, said["loss"])
                chart = _chart(ladder, chosen)
            else:
                none = (
                    "Scores are kept while a challenger looks at the same uploads. There are none of this version yet."
                )
    context = {
        "task": task,
        "title": lists.title(task),
        "form": form,
        "placed": one,
        "chosen": chosen,
        "chart": chart,
        "none": none,
        "reason": reason or ThresholdForm(),
        "may_promote": request.user.has_perm(PROMOTE),
    }
    return render(request, "featurestore/compare/thresholds.html", context, status=400 if reason else 200)


def _scores(head: HeadVersion) -> tuple[NDArray[np.float32], NDArray[np.int8], NDArray[np.floating]]:
    """Scores, labels and weights of what a version saw, from the comparison that has most of it: the same upload is in
    several when there were several challengers."""
    seen = [one for one in reading.compared(head.task) if head.id in (one.champion_id, one.challenger_id)]
    if not seen:
        return np.zeros(0, np.float32), np.zeros(0, np.int8), np.zeros(0, np.float32)
    most = max(seen, key=lambda one: one.count)
    found = reading.pairs(head.task, most.champion_id, most.challenger_id)
    return found.a_score if most.champion_id == head.id else found.b_score, found.label, 1 / found.chance


def _chart(ladder: list[RiskChoice], chosen: RiskChoice) -> Chart:
    """What each bound buys: for good creations that may be rejected, how much is caught; and the other way round."""
    kind = LOST[chosen.loss]
    title = "share of finds caught" if chosen.loss == FALSE_REJECT else "share of uploads rejected"
    dots = {"type": "scatter", "mode": "lines+markers"}
    traces: list[dict[str, Any]] = []
    if reached := [one for one in ladder if one.possible]:
        traces.append({**dots, "name": title, "tone": "quiet", **_points(reached)})
    if chosen.possible:
        marker = {"size": 12, "symbol": "diamond"}
        traces.append(
            {**dots, "mode": "markers", "name": "what you asked for", "tone": "accent", "marker": marker}
            | _points([chosen])
        )
    return Chart(
        "bounds",
        "What another bound would buy",
        f"Each point: at most 1 in so many {kind} lost, {100 * chosen.confidence:.4g} % sure. Bounds that cannot be "
        "promised with these labels are not drawn; the figures have them.",
        Table(
            "bounds",
            ("At most 1 in", "Threshold", "Lost, %", "Finds caught, %", "Uploads rejected, %", "Labels it would take"),
            [(round(1 / one.bound), *_figures(one), one.needed or "") for one in ladder],
        ),
        traces,
        {
            "xaxis": {"type": "log", "title": f"at most 1 in so many {kind} lost", "tickvals": TICKS},
            "yaxis": {"title": title, "rangemode": "tozero", "tickformat": "~%"},
            "legend": True,
        },
    )


def _points(some: list[RiskChoice]) -> dict[str, list[float]]:
    return {
        "x": [round(1 / one.bound) for one in some],
        "y": [one.caught if one.loss == FALSE_REJECT else one.rejected for one in some],
    }


def _figures(one: RiskChoice) -> tuple[float | str, ...]:
    if one.threshold is None:
        return ("none", "", "", "")
    return one.threshold, *(round(100 * share, 3) for share in (one.risk, one.caught, one.rejected))
