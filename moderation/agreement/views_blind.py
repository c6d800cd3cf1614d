"""Deciding blind: second looks, and the month's set. The page holds what was sent, and nothing that anybody or any
model said of it; the address is the look's own, not the submission's."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from brickmod.web.guards import needs
from moderation.agreement import calibration
from moderation.agreement import second as looks
from moderation.care.comfort import own_of
from moderation.care.exposure import dealt
from moderation.care.veils import classes
from moderation.desk.door import DECIDE
from moderation.desk.errors import DeskError
from moderation.desk.keys import keys_of
from moderation.desk.models import Outcome
from moderation.desk.queue import submissions
from moderation.desk.shown import Shown, show
from moderation.feedback.models import Reason
from moderation.intake.models import Part, State
from moderation.prefilter.models import Finding

PASSED = "agreement_passed"  # in the session: what this person passed on


def blind(id: UUID, user: Any) -> Shown | None:
    """A submission as nobody and nothing has spoken of it: its findings are not even read. None: it is not there."""
    nothing = Prefetch("parts__findings", Finding.objects.none())
    rows = submissions().select_related("app").prefetch_related(Prefetch("parts", Part.objects.all()), nothing)
    row = rows.exclude(state=State.WITHDRAWN).filter(id=id).first()
    if row is None:
        return None
    row.reasons = []  # in memory alone
    shown = show(row, user, choose=False)
    # A veil over what was rejected, and over nothing else, would tell. So it lies over every picture here.
    veil = classes(own_of(user), [], flagged=True)
    return replace(shown, parts=tuple(replace(part, veil=veil) for part in shown.parts))


@never_cache
@require_GET
@needs(DECIDE)
def second(request: HttpRequest) -> HttpResponse:
    look = looks.take(request.user, besides=[UUID(id) for id in request.session.get(PASSED, [])])
    shown = blind(look.submission_id, request.user) if look else None
    context = {
        "title": _("What would you decide?"),
        "says": _(
            "Somebody has decided on it, and the child has its answer. What they said, and what detectors saw, is "
            "not on this page: so your answer tells how far people agree."
        ),
        "nothing": _("Nothing to look at a second time"),
        "left": looks.open_for(request.user).count(),
        **_page(request, shown, look, "agreement-second-answer"),
    }
    if look:
        context["skip"] = reverse("agreement-second-skip", args=[look.id])
    return render(request, "moderation/agreement/blind.html", context)


@never_cache
@require_POST
@needs(DECIDE)
def second_answer(request: HttpRequest, id: UUID) -> HttpResponse:
    try:
        looks.answer(request.user, id, *_said(request))
        messages.success(request, _("Counted."))
    except DeskError as error:
        messages.error(request, str(error))
    return HttpResponseRedirect(reverse("agreement-second"))


@never_cache
@require_POST
@needs(DECIDE)
def second_skip(request: HttpRequest, id: UUID) -> HttpResponse:
    looks.pass_on(request.user, id)
    request.session[PASSED] = [*request.session.get(PASSED, []), str(id)][-200:]
    return HttpResponseRedirect(reverse("agreement-second"))


@never_cache
@require_GET
@needs(DECIDE)
def month(request: HttpRequest) -> HttpResponse:
    """The month's set, one after the other."""
    this = calibration.current()
    item = calibration.next_item(request.user, this) if this else None
    shown = blind(item.submission_id, request.user) if item else None
    done, of = calibration.done(request.user, this) if this else (0, 0)
    context = {
        "title": _("What would you decide?"),
        "says": _(
            "The set of this month: everybody decides on the same once, without the others. No child waits for it."
        ),
        "nothing": _("You have done this month's set") if this else _("There is no set for this month yet"),
        "left": of - done,
        **_page(request, shown, item, "agreement-month-answer"),
    }
    return render(request, "moderation/agreement/blind.html", context)


@never_cache
@require_POST
@needs(DECIDE)
def month_answer(request: HttpRequest, id: UUID) -> HttpResponse:
    try:
        calibration.answer(request.user, id, *_said(request))
    except DeskError as error:
        messages.error(request, str(error))
    return HttpResponseRedirect(reverse("agreement-month"))


def _said(request: HttpRequest) -> tuple[str, list[str]]:
    reasons = request.POST.getlist("reason")
    return (Outcome.APPROVE if "approve" in request.POST else Outcome.REJECT), reasons


def _page(request: HttpRequest, shown: Shown | None, asked: Any, answer: str) -> dict[str, Any]:
    if shown:
        dealt(request.user, shown.submission.id, timezone.now())
    market = shown.submission.market if shown else ""
    return {
        "shown": shown,
        "asked": asked if shown else None,
        "answer": reverse(answer, args=[asked.id]) if asked else "",
        "reasons": Reason.objects.offered(market) if shown else [],
        "keys": keys_of(request.user),
    }
