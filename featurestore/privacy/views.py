"""The privacy report as a page, for whoever answers for the children's data."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from brickmod.web.guards import needs


@require_safe
@needs("featurestore.see_models")
def privacy(request: HttpRequest) -> HttpResponse:
    file = Path(settings.PRIVACY_FOLDER) / "report.json"
    report: dict[str, Any] | None = None
    if file.exists():
        report = json.loads(file.read_text())
        report["made_at"] = datetime.fromisoformat(report["made_at"])
    return render(
        request,
        "featurestore/privacy/report.html",
        {"report": report, "hiding": settings.FEATURE_HIDING, "hours": settings.LINK_HOURS},
    )
