"""The page of search. Its address is all of its state."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from brickmod.web.guards import needs
from brickmod.web.spreadsheet import as_csv
from moderation.desk.door import LEAD, SEE, submission_for
from moderation.desk.timeline import timeline
from moderation.intake.models import Submission
from moderation.search import actions
from moderation.search.alike import alike
from moderation.search.asked import Cursor, query_of
from moderation.search.bounded import TooLong, bounded
from moderation.search.finding import PAGE, open_to, page, these
from moderation.search.forms import SearchForm
from moderation.search.models import views_of
from moderation.search.results import COLUMNS, Row, cells, in_order, row
from moderation.search.trail import COLUMNS as TRAIL
from moderation.search.trail import cells as moment_cells
from moderation.search.trail import whole

MOST_EXPORTED = 5_000


@never_cache
@require_GET
@needs(SEE)
def search(request: HttpRequest) -> HttpResponse:
    form, query = SearchForm(request.GET), query_of(request.GET)
    found = _found(request, form, PAGE) if form.is_valid() else Found(says=form.sentences())
    user: Any = request.user
    views = list(views_of(user))
    context = {
        "form": form,
        "query": query,
        "rows": found.rows,
        "says": found.says,
        "like": found.like,
        "next": found.next,
        "first": "after" not in request.GET,
        "views": views,
        "lead": user.has_perm(LEAD),
        "more": sum(
            1 for name in ("by", "detector", "verdict", "suspected", "until", "language") if form[name].value()
        ),
        "most": MOST_EXPORTED,
    }
    return render(request, "moderation/search/search.html", context, status=400 if form.errors else 200)


@never_cache
@require_GET
@needs(LEAD)
def export(request: HttpRequest) -> HttpResponse:
    """What the page finds, as a table, at most MOST_EXPORTED rows."""
    form, query = SearchForm(request.GET), query_of(request.GET)
    found = _found(request, form, MOST_EXPORTED) if form.is_valid() else Found(says=form.sentences())
    if found.says:
        for sentence in found.says:
            messages.error(request, sentence)
        return HttpResponseRedirect(f"{reverse('search')}?{query}")
    actions.exported(request.user, "search", len(found.rows), query)
    return as_csv("submissions", COLUMNS, (cells(one) for one in found.rows))


@never_cache
@require_GET
@needs(LEAD)
def trail(request: HttpRequest, id: UUID, kind: str) -> HttpResponse:
    """All that happened to one submission, as JSON or CSV."""
    try:
        one = submission_for(request.user, id, SEE)
    except Submission.DoesNotExist:
        raise Http404("This submission is not there any more.") from None
    told = timeline(one)
    actions.exported(request.user, "trail", len(told))
    if kind == "json":
        return JsonResponse(
            whole(one, told), headers={"Content-Disposition": f'attachment; filename="trail-{id}.json"'}
        )
    return as_csv(f"trail-{id}", TRAIL, (moment_cells(moment) for moment in told))


@require_POST
@needs(SEE)
def keep(request: HttpRequest) -> HttpResponse:
    query = query_of(_pairs(request.POST.get("query", "")))
    try:
        kept = actions.keep_view(request.user, request.POST.get("name", ""), query, "shared" in request.POST)
        messages.success(request, _("Kept as “%(name)s”.") % {"name": kept.name})
    except actions.NotKept as error:
        messages.error(request, str(error))
    return HttpResponseRedirect(f"{reverse('search')}?{query}")


@require_POST
@needs(SEE)
def forget(request: HttpRequest, id: UUID) -> HttpResponse:
    if actions.forget_view(request.user, id):
        messages.success(request, _("Forgotten."))
    else:
        messages.error(request, _("That view is not yours."))
    return HttpResponseRedirect(reverse("search"))


@dataclass(frozen=True)
class Found:
    """Rows, or what is to be said in their place."""

    rows: Sequence[Row] = ()
    next: str = ""  # the cursor of what is older
    says: Sequence[str] = ()
    like: Submission | None = None


def _found(request: HttpRequest, form: SearchForm, size: int) -> Found:
    said = form.cleaned_data
    try:
        with bounded():
            if said["like"]:
                return _alike(request.user, said)
            found = page(request.user, said, Cursor.read(request.GET.get("after", "")), size)
    except TooLong:
        return Found(says=[_("That took too long. Say more: a time, an app, a market, or a rarer word.")])
    more = found[size - 1] if len(found) > size else None
    return Found([row(one) for one in found[:size]], str(Cursor(more.received_at, more.id)) if more else "")


def _alike(user: Any, said: dict[str, Any]) -> Found:
    one = open_to(user).filter(id=said["like"]).first()
    if one is None:
        return Found(says=[_("The one that this should be like is not there any more.")])
    found = alike(user, one)
    return Found(in_order(found, these(user, said, [other.id for other in found])), like=one)


def _pairs(query: str) -> dict[str, str]:
    return {name: str(value) for name, value in QueryDict(query[:2000]).items()}
