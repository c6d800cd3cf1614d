"""The pages on which people decide. Every button is a form that works without scripts; with them, the same addresses
answer in JSON when asked to (`Accept: application/json`), with the same partials in it."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from brickmod.web.guards import needs
from moderation.desk import actions, between
from moderation.desk.answers import answer, ids_of, lease_end, refused, undoable
from moderation.desk.arrivals import unheard
from moderation.desk.breaks import sentences
from moderation.desk.door import DECIDE
from moderation.desk.errors import DeskError
from moderation.desk.forms import DecideForm, IdsForm, marks_of
from moderation.desk.keys import keys_of, sheet
from moderation.desk.lanes import open_to
from moderation.desk.marked import reasons_of
from moderation.desk.models import Decision, Outcome
from moderation.desk.queue import counts, something_found, submissions
from moderation.desk.shown import show
from moderation.desk.tour import STOPS, wants_tour
from moderation.intake.models import State, Submission


@never_cache
@require_GET
@needs(DECIDE)
def desk(request: HttpRequest) -> HttpResponse:
    """The work place: what this person holds, or the next."""
    lane = next((one for one in open_to(request.user) if one.slug == request.GET.get("queue")), None)
    submission = actions.claim_next(request.user, queue=lane.slug if lane else None)
    context = {
        "shown": show(submission, request.user) if submission else None,
        "counts": counts(),
        "undo": undoable(request.user),
        "until": lease_end(),
        "lane": lane,
        "keys": keys_of(request.user),
        "sheet": sheet(request.user),
        "unheard": unheard(request.user),
        "stops": STOPS,
        "new_here": wants_tour(request.user),
        "tour_now": "tour" in request.GET,
        "kindly": sentences(request.user),
    }
    return render(request, "moderation/desk/desk.html", context)


@never_cache
@require_POST
@needs(DECIDE)
def next_one(request: HttpRequest) -> HttpResponse:
    """Another than those the page has (`id` repeated), to be shown at once when it is needed."""
    ids = ids_of(request)
    if (shown := between.offer(request.user, ids)) is not None:
        return answer(request, shown=shown)
    return answer(request, submission=actions.claim_next(request.user, besides=ids, queue=request.POST.get("queue")))


@never_cache
@require_POST
@needs(DECIDE)
def decide(request: HttpRequest, id: UUID) -> HttpResponse:
    form = DecideForm(request.POST)
    if not form.is_valid():
        return refused(request, 400, " ".join(str(error) for errors in form.errors.values() for error in errors))
    said = form.cleaned_data
    if form.outcome == Outcome.APPROVE and not said["sure"] and something_found(id):
        return refused(request, 409, _("Something was found in this one. Say that you have seen it, then approve."))
    try:
        marks = marks_of(request.POST)
        reasons = [*form.reasons, *reasons_of(marks)]
        told = between.answer(request.user, id, form.outcome, reasons, said["shown_at"])
        if told is not None:
            return answer(request, told=told)
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
            marks=marks,
            first=said["first"],
            name_pictures=said["name_pictures"],
        )
    except DeskError as error:
        return refused(request, 409, str(error))
    return answer(request, decision=decision)


@never_cache
@require_POST
@needs(DECIDE)
def undo(request: HttpRequest, id: UUID) -> HttpResponse:
    decision = Decision.objects.filter(id=id, moderator_id=request.user.pk).first()
    if decision is None:
        return refused(request, 404, _("There is no such decision of yours."))
    try:
        actions.undo(request.user, decision)
    except DeskError as error:
        return refused(request, 409, str(error))
    return answer(request, submission=submissions().whole().filter(id=decision.submission_id).first())


@never_cache
@require_POST
@needs(DECIDE)
def renew(request: HttpRequest) -> HttpResponse:
    """The heartbeat: which of these are still this person's?"""
    asked = ids_of(request)
    held = [*actions.renew(request.user, asked), *between.held(request.user, asked)]
    # What was hidden or erased goes from the screen too; what somebody else decided stays, with a sentence.
    there = set(Submission.objects.filter(id__in=asked).exclude(state=State.WITHDRAWN).values_list("id", flat=True))
    gone = [str(id) for id in asked if id not in there]
    return answer(
        request, held=[str(id) for id in held], gone=gone, unheard=unheard(request.user), kindly=sentences(request.user)
    )


@require_POST
@needs(DECIDE)
def release(request: HttpRequest) -> HttpResponse:
    """Said by a page that is being left."""
    form = IdsForm(request.POST)
    if form.is_valid():
        actions.release(request.user, form.cleaned_data["id"], form.cleaned_data["until"])
    return HttpResponse(status=204)
