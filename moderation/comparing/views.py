"""The page on which people look again at what the prefilter rejected. By two keys, and without scripts too."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from brickmod.web.guards import needs
from moderation.comparing import actions
from moderation.comparing.actions import DECIDE, NotThere
from moderation.desk.queue import submissions
from moderation.desk.shown import show
from moderation.feedback.models import Reason
from moderation.prefilter.models import RecheckAnswer

PASSED = "rechecks_passed"  # in the session: what this person passed on
SAID = {
    RecheckAnswer.RIGHT: "Counted: rightly rejected.",
    RecheckAnswer.BACK: "Put back: it waits in the queue for a decision.",
}


@never_cache
@require_GET
@needs(DECIDE)
def rechecks(request: HttpRequest) -> HttpResponse:
    """One rejection at a time, without a word of what any head scored."""
    recheck = actions.take(request.user, besides=[UUID(id) for id in request.session.get(PASSED, [])])
    found = submissions().whole().filter(id=recheck.submission_id).first() if recheck else None
    codes = [reason["code"] for reason in found.reasons] if found else []
    context = {
        "shown": show(found, request.user, choose=False) if found else None,
        "because": Reason.objects.filter(code__in=codes),
        "left": actions.open_rechecks().count(),
        "passed": bool(request.session.get(PASSED)),
    }
    return render(request, "moderation/comparing/rechecks.html", context)


@never_cache
@require_POST
@needs(DECIDE)
def answer(request: HttpRequest, id: UUID) -> HttpResponse:
    said = request.POST.get("answer", "")
    if said not in RecheckAnswer.values:
        messages.error(request, _("Choose: rightly rejected, or put back."))
    else:
        try:
            actions.answer(request.user, id, said)
        except NotThere as error:
            messages.error(request, str(error))
        else:
            messages.success(request, SAID[RecheckAnswer(said)])
    return HttpResponseRedirect(reverse("rechecks"))


@never_cache
@require_POST
@needs(DECIDE)
def skip(request: HttpRequest, id: UUID) -> HttpResponse:
    actions.pass_on(request.user, id)
    request.session[PASSED] = [*request.session.get(PASSED, []), str(id)][-200:]
    return HttpResponseRedirect(reverse("rechecks"))


@never_cache
@require_POST
@needs(DECIDE)
def again(request: HttpRequest) -> HttpResponse:
    """Those that were passed on, too."""
    request.session.pop(PASSED, None)
    return HttpResponseRedirect(reverse("rechecks"))
