"""The page that shows the flow as it is declared, with what it did in the last hour."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from brickmod.web.guards import needs
from moderation.detectors.registry import get_detector
from moderation.prefilter.drawing import draw
from moderation.prefilter.flow import FLOW, detectors
from moderation.prefilter.stats import flow_stats


@require_safe
@needs("prefilter.see_flow")
def flow(request: HttpRequest) -> HttpResponse:
    names = detectors()
    stats = flow_stats(names)
    rows = [(get_detector(name).card, stats.detectors[name]) for name in names]
    return render(
        request, "moderation/prefilter/flow.html", {"drawing": draw(stats), "stats": stats, "rows": rows, "steps": FLOW}
    )
