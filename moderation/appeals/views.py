"""The pages of appeals: what waits for another person, one appeal, how often decisions are overturned."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from brickmod.web.guards import needs
from brickmod.web.spreadsheet import as_csv
from moderation.appeals import actions
from moderation.appeals.actions import DECIDE, RATES, NotDecided
from moderation.appeals.models import Appeal, Outcome
from moderation.appeals.rates import DAYS, tables
from moderation.authors.shown import line
from moderation.desk.queue import submissions
from moderation.desk.shown import show
from moderation.feedback import shipped
from moderation.feedback.models import Reason
from moderation.feedback.texts import told_at

SHOWN = 100


@never_cache
@require_GET
@needs(DECIDE)
def appeals(request: HttpRequest) -> HttpResponse:
    user: Any = request.user
    mine = Appeal.objects.open_for(user).select_related("submission__app", "measure__author__app")
    own = Q(first_by=user) | Q(second_by=user)
    context = {
        "open": list(mine[:SHOWN]),
        "others": Appeal.objects.filter(own, outcome=Outcome.OPEN).count(),
        "done": Appeal.objects.filter(decided_by=user).order_by("-decided_at")[:10],
        "titles": {code: _(title) for code, title in Reason.objects.values_list("code", "title")},
        "may_see_rates": user.has_perm(RATES),
    }
    return render(request, "moderation/appeals/appeals.html", context)


@never_cache
@require_GET
@needs(DECIDE)
def appeal(request: HttpRequest, id: UUID) -> HttpResponse:
    """One appeal, with what it is about as it was seen then: the reasons, their policy, the words of who asks."""
    row = get_object_or_404(
        Appeal.objects.exclude(submission__held=True).select_related(
            "submission", "decision", "measure__author__app", "first_by", "decided_by"
        ),
        id=id,
    )
    found = submissions().whole().filter(id=row.submission_id).first() if row.submission_id else None
    context = {
        "appeal": row,
        "shown": show(found, request.user, choose=False) if found else None,
        "line": line(row.measure.author.app, row.measure.author.name) if row.measure else None,
        "because": Reason.objects.filter(code__in=row.reasons),
        "own": request.user.pk in (row.first_by_id, row.second_by_id),
        "kept": told_at(shipped.APPEAL_KEPT, row.language, row.market),
        "changed": told_at(shipped.APPEAL_CHANGED, row.language, row.market),
    }
    return render(request, "moderation/appeals/appeal.html", context)


@never_cache
@require_POST
@needs(DECIDE)
def decide(request: HttpRequest, id: UUID) -> HttpResponse:
    said = request.POST.get("outcome", "")
    if said not in (Outcome.KEPT, Outcome.CHANGED):
        messages.error(request, _("Choose: it stays, or it was wrong."))
        return HttpResponseRedirect(reverse("appeal", args=[id]))
    try:
        actions.decide(request.user, id, said, request.POST.get("note", "")[:2000])
    except NotDecided as error:
        messages.error(request, str(error))
        there = Appeal.objects.filter(id=id).exists()
        return HttpResponseRedirect(reverse("appeal", args=[id]) if there else reverse("appeals"))
    messages.success(request, _("Decided. The app is told, and the child reads a kind answer."))
    return HttpResponseRedirect(reverse("appeals"))


@never_cache
@require_GET
@needs(RATES)
def rates(request: HttpRequest) -> HttpResponse:
    days = _days(request)
    whole, found = tables(days)
    context = {"days": days, "choices": DAYS, "whole": whole, "tables": found}
    return render(request, "moderation/appeals/rates.html", context)


@never_cache
@require_GET
@needs(RATES)
def rates_file(request: HttpRequest, key: str) -> HttpResponse:
    table = next((table for table in tables(_days(request))[1] if table.key == key), None)
    if table is None:
        raise Http404(_("There is no such table."))
    columns = (key, "appeals decided", "overturned", "per cent", "from", "to")
    rows = [(r.name, r.decided, r.changed, round(r.rate, 2), round(r.low, 2), round(r.high, 2)) for r in table.rows]
    return as_csv(f"appeals-by-{key}", columns, rows)


def _days(request: HttpRequest) -> int:
    asked = request.GET.get("days", "")
    return int(asked) if asked in map(str, DAYS) else 90
