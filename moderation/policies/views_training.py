"""Training: one case after another, told at once and kindly. Nothing here reaches a submission."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from brickmod.web.guards import needs
from moderation.desk.keys import keys_of
from moderation.desk.queue import submissions
from moderation.desk.shown import show
from moderation.feedback.models import Reason
from moderation.intake.models import Submission
from moderation.policies import training as acts
from moderation.policies.actions import WRITE, NotDone
from moderation.policies.models import Answer, Case
from moderation.policies.training import TRAIN


@never_cache
@require_GET
@needs(TRAIN)
def training(request: HttpRequest) -> HttpResponse:
    case = acts.next_case(request.user)
    last = request.session.pop("training_last", None)
    told = Answer.objects.filter(id=last, user=request.user.pk).select_related("case").first() if last else None
    found = submissions().whole().filter(id=case.submission_id).first() if case and case.submission_id else None
    lead = request.user.has_perm(WRITE)
    context = {
        "case": case,
        "shown": show(found, request.user, choose=False) if found else None,
        "reasons": Reason.objects.offered(),
        "keys": keys_of(request.user),
        "told": told,
        "titles": list(Reason.objects.filter(code__in=told.case.reasons)) if told else [],
        "mine": acts.mine(request.user),
        "progress": acts.progress() if lead else None,
    }
    return render(request, "moderation/policies/training.html", context)


@require_POST
@needs(TRAIN)
def answer(request: HttpRequest, id: int) -> HttpResponse:
    case = get_object_or_404(Case, id=id, active=True)
    try:
        outcome = "approve" if "approve" in request.POST else "reject"
        given = acts.answer(request.user, case, outcome, request.POST.getlist("reason"))
    except NotDone as error:
        messages.error(request, str(error))
    else:
        request.session["training_last"] = given.pk
    return HttpResponseRedirect(reverse("training"))


@require_POST
@needs(TRAIN)
def again(request: HttpRequest) -> HttpResponse:
    acts.again(request.user)
    messages.success(request, _("You begin anew; your earlier answers are gone."))
    return HttpResponseRedirect(reverse("training"))


@require_POST
@needs(WRITE)
def make(request: HttpRequest, id: UUID) -> HttpResponse:
    """From a decided submission's page: it becomes a case."""
    row = get_object_or_404(Submission, id=id)
    try:
        acts.make_case(request.user, row, request.POST.get("why", ""))
    except NotDone as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("It is a training case now, until the submission is erased."))
    return HttpResponseRedirect(reverse("desk-submission", args=[row.id]))
