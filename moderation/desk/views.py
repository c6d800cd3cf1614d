"""The pages on which people decide. Every button is a form that works without scripts; with them, the same addresses
answer in JSON when asked to (`Accept: application/json`), with the same partials in it."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from brickmod.web.guards import needs
from moderation.desk import actions
from moderation.desk.door import DECIDE, SEE, submission_for
from moderation.desk.errors import DeskError
from moderation.desk.forms import DecideForm, IdsForm
from moderation.desk.models import Decision
from moderation.desk.queue import counts, submissions
from moderation.desk.shown import show
from moderation.desk.timeline import timeline
from moderation.intake.models import Submission


@never_cache
@require_GET
@needs(DECIDE)
def desk(request: HttpRequest) -> HttpResponse:
    """The work place: what this person holds, or the next."""
    submission = actions.claim_next(request.user)
    context = {
        "shown": show(submission, request.user) if submission else None,
        "counts": counts(),
        "undo": _undoable(request.user),
        "until": _lease_end(),
    }
    return render(request, "moderation/desk/desk.html", context)


@never_cache
@require_POST
@needs(DECIDE)
def next_one(request: HttpRequest) -> HttpResponse:
    """Another than those the page has (`id` repeated), to be shown at once when it is needed."""
    submission = actions.claim_next(request.user, besides=_ids(request))
    return _answer(request, submission=submission)


@never_cache
@require_POST
@needs(DECIDE)
def decide(request: HttpRequest, id: UUID) -> HttpResponse:
    form = DecideForm(request.POST)
    if not form.is_valid():
        return _refused(request, 400, " ".join(str(error) for errors in form.errors.values() for error in errors))
    said = form.cleaned_data
    try:
        # Whoever looked longer than the lease, without a script to prolong it, keeps it if nobody else wanted it.
        actions.renew(request.user, [id])
        decision = actions.decide(
            request.user,
            Submission(id=id),
            form.outcome,
            form.reasons,
            note=said["note"],
            shown_at=said["shown_at"],
            id=said["decision"],
        )
    except DeskError as error:
        return _refused(request, 409, str(error))
    return _answer(request, decision=decision)


@never_cache
@require_POST
@needs(DECIDE)
def undo(request: HttpRequest, id: UUID) -> HttpResponse:
    decision = Decision.objects.filter(id=id, moderator_id=request.user.pk).first()
    if decision is None:
        return _refused(request, 404, "There is no such decision of yours.")
    try:
        actions.undo(request.user, decision)
    except DeskError as error:
        return _refused(request, 409, str(error))
    return _answer(request, submission=submissions().whole().filter(id=decision.submission_id).first())


@never_cache
@require_POST
@needs(DECIDE)
def skip(request: HttpRequest, id: UUID) -> HttpResponse:
    try:
        actions.renew(request.user, [id])
        actions.skip(request.user, Submission(id=id))
    except DeskError as error:
        return _refused(request, 409, str(error))
    return _answer(request)


@never_cache
@require_POST
@needs(DECIDE)
def renew(request: HttpRequest) -> HttpResponse:
    """The heartbeat: which of these are still this person's?"""
    held = actions.renew(request.user, _ids(request))
    return _answer(request, held=[str(id) for id in held])


@require_POST
@needs(DECIDE)
def release(request: HttpRequest) -> HttpResponse:
    """Said by a page that is being left."""
    form = IdsForm(request.POST)
    if form.is_valid():
        actions.release(request.user, form.cleaned_data["id"], form.cleaned_data["until"])
    return HttpResponse(status=204)


@never_cache
@require_GET
@needs(SEE)
def submission(request: HttpRequest, id: UUID) -> HttpResponse:
    """Any submission, to read: nothing can be decided here."""
    try:
        submission_for(request.user, id, SEE)
        found = submissions().whole().get(id=id)
    except Submission.DoesNotExist:
        raise Http404("This submission is not there any more.") from None
    context = {"shown": show(found, request.user, choose=False), "timeline": timeline(found)}
    return render(request, "moderation/desk/submission.html", context)


# -- answers -----------------------------------------------------------------------------------------------------
def _wants_json(request: HttpRequest) -> bool:
    return request.get_preferred_type(["text/html", "application/json"]) == "application/json"


def _ids(request: HttpRequest) -> list[UUID]:
    form = IdsForm(request.POST)
    return form.cleaned_data["id"] if form.is_valid() else []


def _answer(request: HttpRequest, **found: Any) -> HttpResponse:
    """What an action led to: the desk again, or its pieces as JSON."""
    if not _wants_json(request):
        return HttpResponseRedirect(reverse("desk"))
    data: dict[str, Any] = {
        "counts": render_to_string("moderation/desk/_counts.html", {"counts": counts()}),
        "until": _lease_end(),
    }
    if "submission" in found:
        one = found["submission"]
        context = {"shown": show(one, request.user)} if one else {}
        data["html"] = render_to_string("moderation/desk/_submission.html", context, request) if one else None
    if decision := found.get("decision"):
        undo = _as_undo(decision)
        data["decision"] = str(decision.id)
        data["undo"] = render_to_string("moderation/desk/_undo.html", {"undo": undo}, request) if undo else ""
    if "held" in found:
        data["held"] = found["held"]
    return JsonResponse(data)


def _refused(request: HttpRequest, status: int, sentence: str) -> HttpResponse:
    """Nothing was changed, and why."""
    if _wants_json(request):
        return JsonResponse({"detail": sentence}, status=status)
    messages.error(request, sentence)
    return HttpResponseRedirect(reverse("desk"))


def _lease_end() -> str:
    """No lease that was made until now ends later."""
    return (timezone.now() + timedelta(seconds=settings.CLAIM_LEASE_SECONDS)).isoformat()


def _undoable(user: Any) -> dict[str, Any] | None:
    """This person's last decision while it can be undone: a page without scripts offers it too."""
    return next((undo for last in Decision.objects.standing_of(user)[:1] if (undo := _as_undo(last))), None)


def _as_undo(decision: Decision) -> dict[str, Any] | None:
    seconds = settings.UNDO_SECONDS - (timezone.now() - decision.decided_at).total_seconds()
    if decision.undone_at or decision.on_appeal or seconds <= 0:
        return None
    return {"decision": decision, "seconds": int(seconds)}
