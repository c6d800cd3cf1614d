"""What only leads do here: settle what two people see differently, keep known cases, draw the month's set."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from brickmod.web.guards import needs
from moderation.agreement import calibration, second
from moderation.agreement import known as cases
from moderation.agreement.models import KnownCase, SecondLook, Settled
from moderation.agreement.rights import LEAD
from moderation.agreement.views_blind import blind
from moderation.desk.errors import DeskError
from moderation.feedback.models import Reason
from moderation.intake.models import Part, PartKind, Submission

SHOWN = 20


@never_cache
@require_GET
@needs(LEAD)
def differences(request: HttpRequest) -> HttpResponse:
    """What two people saw differently, oldest first."""
    titles = {reason.code: reason.name for reason in Reason.objects.all()}
    rows = SecondLook.objects.to_settle().select_related("submission", "first_by", "answered_by", "decision")
    now = timezone.now()
    found = [
        {
            "look": look,
            "shown": blind(look.submission_id, request.user),
            "first": [titles.get(code, code) for code in look.first_reasons],
            "second": [titles.get(code, code) for code in look.reasons],
            "mine": request.user.pk in (look.first_by_id, look.answered_by_id),
            "stands": look.decision.reversed_at is None and look.decision.undone_at is None,
            "heard": look.submission.answer_at is None or look.submission.answer_at <= now,
        }
        for look in rows[:SHOWN]
    ]
    context = {"found": found, "left": rows.count(), "settled": _settled(titles)}
    return render(request, "moderation/agreement/differences.html", context)


@never_cache
@require_POST
@needs(LEAD)
def settle(request: HttpRequest, id: UUID) -> HttpResponse:
    said = request.POST.get("settled", "")
    if said not in Settled.values:
        messages.error(request, "Choose who was right, or leave it.")
    else:
        try:
            look = second.settle(request.user, id, said, request.POST.get("note", ""))
            reversed_ = said == Settled.SECOND and look.outcomes_differ
            messages.success(request, "Settled, and reversed: the app is told." if reversed_ else "Settled.")
        except DeskError as error:
            messages.error(request, str(error))
    return HttpResponseRedirect(reverse("agreement-differences"))


@never_cache
@require_GET
@needs(LEAD)
def known(request: HttpRequest) -> HttpResponse:
    titles = {reason.code: reason.name for reason in Reason.objects.all()}
    rows = (
        KnownCase.objects.there()
        .select_related("submission", "made_by")
        .prefetch_related("answers", "submission__parts__findings")
    )
    found = [
        {
            "case": case,
            "name": _name(case.submission),
            "reasons": [titles.get(code, code) for code in case.reasons],
            "met": sum(one.outcome != "" for one in case.answers.all()),
            "right": sum(one.right is True for one in case.answers.all()),
            "picture": next((p for p in case.submission.parts.all() if p.kind == PartKind.IMAGE), None),
        }
        for case in rows[:200]
    ]
    usable = set(KnownCase.objects.usable().values_list("pk", flat=True))
    return render(request, "moderation/agreement/known.html", {"found": found, "usable": usable})


@never_cache
@require_POST
@needs(LEAD)
def known_make(request: HttpRequest, id: UUID) -> HttpResponse:
    """From a submission's page."""
    outcome = "approve" if request.POST.get("outcome") == "approve" else "reject"
    reasons = request.POST.getlist("reason") if outcome == "reject" else []
    try:
        cases.make(request.user, Submission(id=id), outcome, reasons, request.POST.get("why", ""))
        messages.success(request, "It is a known case now, until the submission is erased.")
    except Submission.DoesNotExist:
        raise Http404("There is no such submission.") from None
    except DeskError as error:
        messages.error(request, str(error))
    return HttpResponseRedirect(reverse("desk-submission", args=[id]))


@never_cache
@require_POST
@needs(LEAD)
def known_switch(request: HttpRequest, pk: int) -> HttpResponse:
    case = get_object_or_404(KnownCase.objects.there(), pk=pk)
    cases.switch(request.user, case, on="on" in request.POST)
    return HttpResponseRedirect(reverse("agreement-known"))


@never_cache
@require_POST
@needs(LEAD)
def month_draw(request: HttpRequest) -> HttpResponse:
    made = calibration.draw(by=request.user)
    if made is None:
        messages.error(request, f"Too little was decided: a set wants at least {calibration.LEAST}.")
    else:
        messages.success(request, f"The set of {made} is there, with {made.items.count()}.")
    return HttpResponseRedirect(reverse("agreement"))


def _settled(titles: dict[str, str]) -> list[dict[str, Any]]:
    rows = SecondLook.objects.there().exclude(settled="").select_related("first_by", "answered_by", "settled_by")
    return [{"look": look} for look in rows.order_by("-settled_at")[:SHOWN]]


def _name(submission: Submission) -> str:
    texts: list[Part] = [part for part in submission.parts.all() if part.kind == PartKind.TEXT]
    return next((part.text for part in texts if part.role == "title"), texts[0].text if texts else "Without a title")
