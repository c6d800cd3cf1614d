"""The tour of the desk: shown by its page, and as a page of its own for who has no scripts."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from brickmod.web.guards import needs
from moderation.desk.answers import wants_json
from moderation.desk.door import DECIDE
from moderation.desk.tour import STOPS, toured


@never_cache
@require_http_methods(["GET", "POST"])
@needs(DECIDE)
def tour(request: HttpRequest) -> HttpResponse:
    """GET: its stops as a list. POST (`whole`=1 or nothing): remember that this person need not be asked again."""
    if request.method == "POST":
        toured(request.user, request.POST.get("whole") == "1")
        return HttpResponse(status=204) if wants_json(request) else HttpResponseRedirect(reverse("desk"))
    return render(request, "moderation/desk/tour.html", {"stops": STOPS})
