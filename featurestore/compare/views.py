"""Heads: who serves each task, and whether a challenger is better. What is shown is made in shown.py and lists.py."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import NoReverseMatch, resolve, reverse
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from brickmod.web.guards import needs
from brickmod.web.spreadsheet import as_csv
from featurestore.compare import lists, shown, unit_costs
from featurestore.compare.cost import Costs
from featurestore.compare.forms import CostsForm
from featurestore.compare.models import Stratum
from featurestore.compare.reading import BrokenBlock, compared
from featurestore.compare.shown import ComparePage
from featurestore.heads.models import HeadVersion

SEE = "featurestore.see_models"
PROMOTE = "heads.promote"
TRAIN = "heads.train"


@dataclass(frozen=True)
class Asked:
    """What an address asks to compare: two versions, and with which unit costs (None: those kept, or not readable)."""

    champion: HeadVersion | None
    challenger: HeadVersion | None
    form: CostsForm
    costs: Costs
    own_costs: bool

    @property
    def state(self) -> str:
        """The address' query, for links to the same figures."""
        if self.challenger is None:
            return ""
        given = {"challenger": self.challenger.version} | (vars(self.costs) if self.own_costs else {})
        return urlencode(given)


@never_cache
@require_GET
@needs(SEE)
def models(request: HttpRequest) -> HttpResponse:
    return render(request, "featurestore/compare/models.html", {"rows": lists.tasks(), "mlflow": settings.MODELS_URL})


@never_cache
@require_GET
@needs(SEE)
def compare(request: HttpRequest, task: str) -> HttpResponse:
    lists.exists_or_404(task)
    placed = lists.placed(task)
    asked = what_is_asked(request, task, placed)
    page, empty = page_or_why(task, asked)
    context = {
        "task": task,
        "title": lists.title(task),
        "placed": placed,
        "champion": asked.champion,
        "challenger": asked.challenger,
        "is_beside": any(one.head == asked.challenger and not one.is_champion for one in placed),
        "others": _others(task, asked, placed),
        "page": page,
        "empty": empty,
        "strata": [
            {"words": Stratum(one.name).label, "rows": one.rows, "labels": one.labels, "finds": one.finds}
            for one in (page.comparison.strata if page else []) if one.rows
        ],
        "confusions": shown.confusions(page.comparison) if page else [],
        "form": asked.form,
        "costs": asked.costs,
        "own_costs": asked.own_costs,
        "state": asked.state,
        "gallery": _gallery(request, task, asked) if page else "",
        "may_promote": request.user.has_perm(PROMOTE),
        "may_train": request.user.has_perm(TRAIN),
    }  # fmt: skip
    return render(request, "featurestore/compare/compare.html", context)


@never_cache
@require_GET
@needs(SEE)
def table(request: HttpRequest, task: str, key: str) -> HttpResponse:
    """A table of the compare page as CSV, for the same address' query."""
    lists.exists_or_404(task)
    page, _ = page_or_why(task, what_is_asked(request, task, lists.placed(task)))
    if page is None or key not in page.tables:
        raise Http404("There is no such table.")
    found = page.tables[key]
    return as_csv(f"{task}-{key}", found.columns, found.rows)


@require_POST
@needs(PROMOTE)
def costs(request: HttpRequest, task: str) -> HttpResponse:
    """Keeps unit costs for everybody who looks at this task."""
    lists.exists_or_404(task)
    form = CostsForm(request.POST)
    if form.is_valid():
        unit_costs.keep(task, form.costs, request.user)
        messages.success(request, "Kept: these unit costs hold for everybody.")
    else:
        messages.error(request, "Nothing was kept: a unit cost is a number, 0 or more.")
    challenger = urlencode({"challenger": request.POST.get("challenger", "")})
    return HttpResponseRedirect(f"{reverse('models-compare', args=[task])}?{challenger}")


# -- what is asked, and what there is ----------------------------------------------------------------------------
def what_is_asked(request: HttpRequest, task: str, placed: list[lists.Placed]) -> Asked:
    """Without a version in the address: the first challenger. A version that is not there is 404."""
    champion = next((one.head for one in placed if one.is_champion), None)
    beside = [one.head for one in placed if not one.is_champion]
    if version := request.GET.get("challenger"):
        challenger: HeadVersion | None = lists.version_or_404(task, version)
    else:
        challenger = beside[0] if beside else None
    kept = unit_costs.kept(task)
    given = {name: request.GET[name] for name in unit_costs.NAMES if name in request.GET}
    form = CostsForm({**vars(kept), **given})
    readable = form.is_valid()
    chosen = form.costs if readable else kept
    return Asked(champion, None if challenger == champion else challenger, form, chosen, readable and chosen != kept)


def page_or_why(task: str, asked: Asked) -> tuple[ComparePage | None, str]:
    """The page's figures, or a sentence that says why there are none."""
    if asked.champion is None or asked.challenger is None:
        return None, ""
    try:
        return shown.page_data(task, asked.challenger, asked.costs, asked.champion), ""
    except ValueError:
        return None, "It looks at everything that comes in from now on; the first figures stand here a moment later."
    except BrokenBlock as error:
        return None, str(error)


def _others(task: str, asked: Asked, placed: list[lists.Placed]) -> list[tuple[str, bool]]:
    """Versions that can be compared with the champion: those beside it, and those that were. None when it is one."""
    if asked.champion is None:
        return []
    versions = {one.head.version: None for one in placed if not one.is_champion}
    seen = {one.challenger_id for one in compared(task) if one.champion_id == asked.champion.id}
    versions |= dict.fromkeys(lists.HEADS.filter(id__in=seen).values_list("version", flat=True))
    now = asked.challenger.version if asked.challenger else ""
    return [(version, version == now) for version in versions] if set(versions) - {now} else []


def _gallery(request: HttpRequest, task: str, asked: Asked) -> str:
    """Where disagreements are shown, by the room that has the pictures: if there is one, and to whom it shows them."""
    if asked.champion is None or asked.challenger is None:
        return ""
    try:
        address = reverse("models-disagreements", args=[task])
    except NoReverseMatch:
        return ""
    if not any(request.user.has_perm(name) for name in getattr(resolve(address).func, "needs", ())):
        return ""
    return f"{address}?{urlencode({'champion': asked.champion.version, 'challenger': asked.challenger.version})}"


def evidence_for(task: str, head: HeadVersion) -> tuple[ComparePage | None, dict[str, Any]]:
    """What the page says of a challenger now, to be kept with what is decided on it."""
    champion = next((one.head for one in lists.placed(task) if one.is_champion), None)
    if champion is None or champion == head:
        return None, {}
    try:
        page = shown.page_data(task, head, unit_costs.kept(task), champion)
    except (ValueError, BrokenBlock):
        return None, {}
    return page, {**shown.kept_as_evidence(page), "against": champion.version}
