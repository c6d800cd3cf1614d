"""The page of many at once. It works by script alone: only that can say what was on the screen, and for how long."""

from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from brickmod.web.guards import needs
from moderation.desk.answers import lease_end
from moderation.desk.claims import release
from moderation.desk.door import DECIDE
from moderation.desk.errors import DeskError
from moderation.desk.keys import keys_of
from moderation.desk.models import Outcome
from moderation.desk.queue import counts
from moderation.feedback.models import Reason
from moderation.grid import actions
from moderation.grid.forms import PressForm, shown_of
from moderation.grid.models import Fate, Grid
from moderation.grid.shown import tiles_of

TOLD = "grid_told"  # in the session: the press of which the next page tells


@never_cache
@require_GET
@needs(DECIDE)
def grid(request: HttpRequest) -> HttpResponse:
    """What is left of this person's grid, or a new one; and what became of the last press."""
    served = actions.serve(request.user)
    undo = actions.undoable(request.user)
    last = request.session.pop(TOLD, None)
    pressed = Grid.objects.filter(id=last, person=request.user.pk).first() if last else None
    context: dict[str, Any] = {
        "grid": served.grid,
        "tiles": tiles_of(served.grid) if served.grid else [],
        "rule": served.rule,
        "fit": served.fit,
        "press": uuid4(),
        "needed_ms": int(served.grid.seconds * 1000) if served.grid else 0,
        "undo": {"grid": undo[0], "seconds": undo[1]} if undo else None,
        "last": _said(actions.outcome(pressed)) if pressed else None,
        "counts": counts(),
        "keys": keys_of(request.user),
        "until": lease_end(),
    }
    return render(request, "moderation/grid/grid.html", context)


@never_cache
@require_POST
@needs(DECIDE)
def beat(request: HttpRequest, id: UUID) -> HttpResponse:
    """Which of these are still this person's? And for how long were they on the screen so far?"""
    held = actions.beat(request.user, _mine(request, id), shown_of(request.POST))
    return JsonResponse({"held": [str(one) for one in held], "until": lease_end()})


@never_cache
@require_POST
@needs(DECIDE)
def press(request: HttpRequest, id: UUID) -> HttpResponse:
    """Approve what is not marked. `detail` says why nothing was done."""
    form = PressForm(request.POST)
    if not form.is_valid():
        return JsonResponse({"detail": "This could not be read. Load the page again."}, status=400)
    said = form.cleaned_data
    try:
        actions.press(request.user, _mine(request, id), said["press"], said["marked"], shown_of(request.POST))
    except DeskError as error:
        return JsonResponse({"detail": str(error)}, status=409)
    request.session[TOLD] = str(id)
    return JsonResponse({"next": reverse("grid")})


@never_cache
@require_POST
@needs(DECIDE)
def undo(request: HttpRequest, id: UUID) -> HttpResponse:
    try:
        back, late = actions.undo(request.user, _mine(request, id))
        said = ngettext("Taken back: %(n)d waits again.", "Taken back: %(n)d wait again.", back) % {"n": back}
        messages.success(request, said)
        if late:
            messages.warning(request, _("Too late for %(n)d: the app has heard of them.") % {"n": late})
    except DeskError as error:
        messages.error(request, str(error))
    return HttpResponseRedirect(reverse("grid"))


@require_POST
@needs(DECIDE)
def leave(request: HttpRequest, id: UUID) -> HttpResponse:
    """Said by a page that is being left. What a later page has claimed again stays (`until`)."""
    mine = Grid.objects.filter(id=id, person=request.user.pk, pressed_at=None).first()
    try:
        until = parse_datetime(request.POST.get("until", ""))
    except ValueError:
        until = None
    if mine is not None and until is not None and until.tzinfo:
        ids = mine.tiles.filter(fate=Fate.OPEN, known=None).values_list("submission_id", flat=True)
        release(request.user, list(ids), until)
    return HttpResponse(status=204)


def _mine(request: HttpRequest, id: UUID) -> Grid:
    found = Grid.objects.filter(id=id, person=request.user.pk).first()
    if found is None:
        raise Http404("There is no such grid of yours.")
    return found


def _said(pressed: actions.Pressed) -> dict[str, Any]:
    """What became of the last press, for the page that follows."""
    titles = {reason.code: reason.name for reason in Reason.objects.all()}
    return {
        "pressed": pressed,
        "found": sum(row.right is True for row in pressed.known),
        "misses": [
            {
                "row": row,
                "reasons": [titles.get(code, code) for code in row.case.reasons],
                "rejected": row.case.outcome == Outcome.REJECT,
                "picture": next((part for part in row.case.submission.parts.all() if part.kind == "image"), None),
            }
            for row in pressed.misses
        ],
        "at": timezone.now(),
    }
