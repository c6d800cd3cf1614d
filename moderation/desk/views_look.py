"""One submission to read: what happened to it, and, for who may, the correction of a decision. And what a child would
read."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from brickmod.web.guards import needs
from moderation.care.exposure import seen
from moderation.desk import between
from moderation.desk.door import DECIDE, SEE, submission_for
from moderation.desk.errors import DeskError
from moderation.desk.forms import ReverseForm
from moderation.desk.keys import HOUSE, keep, keys_of
from moderation.desk.models import Decision, Outcome
from moderation.desk.queue import submissions
from moderation.desk.reversing import may_reverse
from moderation.desk.reversing import reverse as reverse_decision
from moderation.desk.shown import show
from moderation.desk.timeline import timeline
from moderation.feedback.models import Reason
from moderation.feedback.texts import feedback_for
from moderation.intake.models import Submission


@never_cache
@require_GET
@needs(SEE)
def submission(request: HttpRequest, id: UUID) -> HttpResponse:
    """Any submission, to read: nothing can be decided here, but a decision of which the app has heard be reversed."""
    found = _found(request, id)
    if between.sealed(request.user, id):
        raise PermissionDenied(_("You are just deciding on this one without knowing what became of it. Decide first."))
    seen(request.user, found)
    standing = Decision.objects.standing().filter(submission=found).first()
    heard = found.answer_at is None or found.answer_at <= timezone.now()
    context = {
        "shown": show(found, request.user, choose=False),
        "timeline": timeline(found),
        "standing": standing if standing and heard and may_reverse(request.user, standing) else None,
        "approved": standing is not None and standing.outcome == Outcome.APPROVE,
        "reasons": Reason.objects.offered(),
    }
    return render(request, "moderation/desk/submission.html", context)


@never_cache
@require_POST
@needs(DECIDE)
def reverse_it(request: HttpRequest, id: UUID) -> HttpResponse:
    decision = Decision.objects.filter(id=id).first()
    if decision is None:
        raise Http404(_("There is no such decision."))
    form = ReverseForm(request.POST)
    try:
        if form.is_valid():
            note, key = form.cleaned_data["note"], form.cleaned_data["decision"]
            made = reverse_decision(request.user, decision, request.POST.getlist("reason"), note, key)
            says = _("Reversed: it is %(outcome)s now. The app is told.") % {"outcome": made.get_outcome_display()}
            messages.success(request, says)
        else:
            messages.error(request, _("Say why it is reversed."))
    except DeskError as error:
        messages.error(request, str(error))
    return HttpResponseRedirect(reverse("desk-submission", args=[decision.submission_id]))


@never_cache
@require_GET
@needs(DECIDE)
def preview(request: HttpRequest, id: UUID) -> HttpResponse:
    """What the child would read for these reasons, shaped as asked: `reason` repeated, `first`, `picture` repeated."""
    found = _found(request, id)
    codes = request.GET.getlist("reason")
    numbers = sorted({int(n) for n in request.GET.getlist("picture") if n.isdecimal() and len(n) < 4})
    text = feedback_for(codes, found.language, found.market, request.GET.get("first", ""), numbers) if codes else ""
    return JsonResponse({"text": text})


@never_cache
@needs(DECIDE)
def keys(request: HttpRequest) -> HttpResponse:
    """A person's own keys."""
    wanted = keys_of(request.user)
    if request.method == "POST":
        wanted = {} if "house" in request.POST else {action: request.POST.get(action, "") for action in HOUSE}
        try:
            keep(request.user, wanted)
            messages.success(request, _("Your keys are kept."))
            return HttpResponseRedirect(reverse("desk-own-keys"))
        except ValueError as error:
            messages.error(request, str(error))
    rows = [(action, wanted.get(action, house), house, _(says)) for action, (house, says) in HOUSE.items()]
    return render(request, "moderation/desk/keys.html", {"rows": rows})


def _found(request: HttpRequest, id: UUID) -> Submission:
    try:
        submission_for(request.user, id, SEE)
        return submissions().whole().get(id=id)
    except Submission.DoesNotExist:
        raise Http404(_("This submission is not there any more.")) from None
