"""The front door, and what a person or an app sees when something is wrong."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.loader import render_to_string
from django.urls import resolve
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from brickmod.web import problem
from brickmod.web.guards import needs
from brickmod.web.nav import entries_for

API = "/api/"


@needs()
def home(request: HttpRequest) -> HttpResponse:
    """To the first page that this person's role opens."""
    for entry in entries_for(request):
        return HttpResponseRedirect(entry.href)
    raise PermissionDenied(_("Your account has no role yet. Ask an admin to give you one."))


@csrf_exempt  # an app that posts to a wrong address has no token; it gets its 404
def no_such_api(request: HttpRequest, *args: str, **kwargs: str) -> HttpResponse:
    slashed = request.path + "/"
    if not request.path.endswith("/") and resolve(slashed).func is not no_such_api:
        # Not redirected: a POST would arrive there without its body.
        return problem.answer(404, f"The API has nothing under this address. It has {slashed}, with a slash.")
    return problem.answer(404, "The API has nothing under this address.")


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _answer(request, 400, _("This request cannot be read"), _("Something in it is not as it should be."))


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _answer(request, 403, _("Not for you"), str(exception) or _("Your role does not open this page."), nav=True)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _answer(request, 404, _("Nothing here"), _("There is no page under this address, or it is gone."), nav=True)


def server_error(request: HttpRequest) -> HttpResponse:
    return _answer(request, 500, _("That was our mistake"), _("It has been written down. Try again in a moment."))


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    says = _("For your safety this form can no longer be sent. Go back, reload the page, and try again.")
    return _answer(request, 403, _("This form is too old"), says)


def _answer(request: HttpRequest, status: int, title: str, detail: str, nav: bool = False) -> HttpResponse:
    """JSON for apps, a page for people. Without `nav` the page asks neither session nor database for anything:
    it must still come when these are what is broken."""
    if request.path.startswith(API):
        return problem.answer(status, detail, title)
    context = {"status": status, "title": title, "detail": detail, "request_id": problem.request_id()}
    html = render_to_string("web/error.html", context, request if nav and hasattr(request, "user") else None)
    return HttpResponse(html, status=status)
