"""Who may open a page."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import resolve_url
from django_htmx.http import HttpResponseClientRedirect

View = Callable[..., HttpResponseBase]


def needs(*permissions: str) -> Callable[[View], View]:
    """Opens a page to people with any one of `permissions`; with none named, to everybody who is logged in.

    Who is not logged in goes to the login page and comes back; who is, and may not, gets the 403 page.
    """

    def guard(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return _to_login(request)
            if permissions and not any(request.user.has_perm(name) for name in permissions):
                raise PermissionDenied("Your role does not open this page.")
            return view(request, *args, **kwargs)

        guarded.needs = permissions  # type: ignore[attr-defined]  # a test walks the URLs and looks for this
        return guarded

    return guard


def _to_login(request: HttpRequest) -> HttpResponse:
    htmx = getattr(request, "htmx", None)
    if htmx:
        # A fragment of a page whose session has ended: the whole page goes to the login, and back to itself.
        back = redirect_to_login(htmx.current_url_abs_path or "/", resolve_url("login"))
        return HttpResponseClientRedirect(back["Location"])
    return redirect_to_login(request.get_full_path() if request.method == "GET" else "/", resolve_url("login"))
