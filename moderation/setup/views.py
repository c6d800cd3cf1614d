"""What can be set, on one page."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from brickmod.web.guards import needs
from moderation.desk.door import LEAD
from moderation.setup.entries import listed, started_with


@never_cache
@require_GET
@needs(LEAD)
def setup(request: HttpRequest) -> HttpResponse:
    context = {"groups": listed(request.user), "started_with": started_with()}
    return render(request, "moderation/setup/setup.html", context)
