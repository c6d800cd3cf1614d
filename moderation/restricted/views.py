"""The pages of cases: for people who were given that role by name, and for nobody else."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_POST

from brickmod.access.models import AuditEvent
from brickmod.web.guards import needs
from moderation.restricted import actions, opening, vault
from moderation.restricted.actions import NotDone
from moderation.restricted.models import STEPS, Case, Opening
from moderation.restricted.preserving import preserve, record_of
from moderation.restricted.sealing import Broken

SHOWN = 200


def custodian(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """`needs` asks Django, which says yes to every superuser; here the role must have been given by name."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not opening.keeps(request.user):
            raise PermissionDenied("Only custodians open this page; the role is given by name.")
        return view(request, *args, **kwargs)

    return needs(opening.KEEP)(guarded)


@never_cache
@require_GET
@custodian
def cases(request: HttpRequest) -> HttpResponse:
    """All cases, those that are not reported first."""
    rows = list(Case.objects.select_related("made_by", "app", "reported_by")[:SHOWN])
    rows.sort(key=lambda case: (case.state == "destroyed", bool(case.receipt), case.due_at))
    context = {"cases": rows, "custodians": opening.custodians(), "total": Case.objects.count()}
    return render(request, "moderation/restricted/cases.html", context)


@never_cache
@require_GET
@custodian
def case(request: HttpRequest, id: UUID) -> HttpResponse:
    found = _case(id)
    now = timezone.now()
    asked = Opening.objects.filter(case=found, until__gt=now).select_related("asked_by", "agreed_by").first()
    trail = AuditEvent.objects.filter(kind="restricted", object_id=str(found.id)).select_related("user")
    context = {
        "case": found,
        "steps": [(says, found.steps.get(step)) for step, says in STEPS.items()],
        "asked": asked,
        "mine": asked is not None and asked.asked_by_id == request.user.pk,
        "open": opening.open_for(request.user, found),
        "alone": len(opening.custodians()) < 2,
        "trail": trail[:SHOWN],
    }
    return render(request, "moderation/restricted/case.html", context)


@sensitive_post_parameters("password")
@never_cache
@require_POST
@custodian
def ask(request: HttpRequest, id: UUID) -> HttpResponse:
    return _try(
        request,
        _case(id),
        lambda case: opening.ask(request, case, request.POST.get("password", ""), request.POST.get("why", "")),
        _("Asked. Somebody else has to agree within five minutes."),
    )


@sensitive_post_parameters("password")
@never_cache
@require_POST
@custodian
def agree(request: HttpRequest, id: UUID) -> HttpResponse:
    done = _("It is open for the two of you, for ten minutes. Every look is noted.")
    return _try(request, _case(id), lambda case: opening.agree(request, case, request.POST.get("password", "")), done)


@never_cache
@require_POST
@custodian
def report(request: HttpRequest, id: UUID) -> HttpResponse:
    return _try(
        request,
        _case(id),
        lambda case: actions.report(request.user, case, request.POST.get("receipt", ""), request.POST.get("to", "")),
        _("The receipt is entered."),
    )


@never_cache
@require_POST
@custodian
def prolong(request: HttpRequest, id: UUID) -> HttpResponse:
    days = request.POST.get("days", "")
    number = int(days) if days.isdecimal() and len(days) < 6 else 0
    return _try(request, _case(id), lambda case: actions.prolong(request.user, case, number), _("It is kept longer."))


@never_cache
@require_POST
@custodian
def again(request: HttpRequest, id: UUID) -> HttpResponse:
    """Try what failed, now."""
    found = _case(id)
    if preserve(found):
        messages.success(request, _("It is preserved."))
    else:
        found.refresh_from_db()
        messages.error(request, _("Still not: %s") % (found.problem or _("somebody is at it.")))
    return HttpResponseRedirect(reverse("restricted-case", args=[id]))


@never_cache
@require_GET
@custodian
def content(request: HttpRequest, id: UUID) -> HttpResponse:
    """What it is: for the two who opened it. Pictures come only when each is asked for."""
    found = _case(id)
    opening.look(request.user, found, "record")
    try:
        told = record_of(found)
    except Broken as error:
        return render(request, "moderation/restricted/content.html", {"case": found, "broken": str(error)}, status=500)
    context = {"case": found, "told": told, "open": opening.open_for(request.user, found)}
    return render(request, "moderation/restricted/content.html", context)


@never_cache
@require_GET
@custodian
def file(request: HttpRequest, id: UUID, number: int) -> HttpResponseBase:
    found = _case(id)
    if not 0 <= number < len(found.files):
        raise Http404("There is no such file.")
    kept = found.files[number]
    opening.look(request.user, found, kept["part"])
    try:
        pieces = vault.pieces(found.id, kept["part"], kept["sealed"])
        first = next(pieces)  # a file that does not open is an error, and no empty picture
    except (Broken, OSError, StopIteration):
        raise Http404("This file does not open.") from None

    def whole() -> Any:
        yield first
        yield from pieces

    answer = StreamingHttpResponse(whole(), content_type=kept["type"])
    answer.headers["Content-Length"] = str(kept["size"])
    answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    answer.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return answer


def _case(id: UUID) -> Case:
    return get_object_or_404(Case.objects.select_related("made_by", "app", "reported_by", "traces"), id=id)


def _try(request: HttpRequest, found: Case, do: Callable[[Case], object], done: str) -> HttpResponse:
    try:
        do(found)
        messages.success(request, done)
    except NotDone as error:
        messages.error(request, str(error))
    return HttpResponseRedirect(reverse("restricted-case", args=[found.id]))
