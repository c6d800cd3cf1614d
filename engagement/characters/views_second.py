"""The second look: decided drafts, seen by somebody who does not know what was decided; and what two differ about."""

from datetime import timedelta
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from brickmod.web.guards import needs
from engagement.characters import second_look
from engagement.characters.forms import NotSeen, page_token, read
from engagement.characters.models import Opinion
from engagement.characters.refusals import Gone
from engagement.characters.views import APPROVE, ON_A_PAGE, SETTLE

MEASURED = timedelta(days=90)
SHOWN = 50


@never_cache
@require_GET
@needs(APPROVE, SETTLE)
def second(request: HttpRequest) -> HttpResponse:
    rows = list(second_look.waiting_for(request.user)[:ON_A_PAGE]) if request.user.has_perm(APPROVE) else []
    may_settle = request.user.has_perm(SETTLE)
    context = {
        "rows": rows,
        "page": page_token([row.draft_id for row in rows]),
        "waiting": second_look.waiting_for(request.user).count(),
        "found": second_look.agreement(timezone.now() - MEASURED),
        "may_settle": may_settle,
        "disagreements": list(second_look.disagreements()[:SHOWN]) if may_settle else [],
    }
    return render(request, "engagement/characters/second.html", context)


@require_POST
@needs(APPROVE)
def send(request: HttpRequest) -> HttpResponse:
    """What was chosen on a page; each is done alone."""
    try:
        answers = read(request.POST.dict())
    except NotSeen as error:
        messages.error(request, str(error))
        return _back()
    done = 0
    for answer in answers:
        opinion = Opinion.SAY if answer.wanted == "approve" else Opinion.DROP
        try:
            second_look.look(request.user, answer.draft, opinion, request.POST.get(f"why-{answer.draft}", ""))
            done += 1
        except Gone as error:
            messages.error(request, str(error))
    if done:
        messages.success(request, _("Looked at %(n)d.") % {"n": done})
    elif not answers:
        messages.info(request, _("Nothing was chosen."))
    return _back()


@require_POST
@needs(SETTLE)
def settle(request: HttpRequest, id: UUID) -> HttpResponse:
    opinion = Opinion.SAY if request.POST.get("says") == Opinion.SAY else Opinion.DROP
    try:
        second_look.settle(request.user, id, opinion)
        messages.success(request, _("Settled."))
    except Gone as error:
        messages.error(request, str(error))
    return _back()


def _back() -> HttpResponse:
    return HttpResponseRedirect(reverse("comments-second"))
