"""The pages of rounds: what each was worth, the grid of doubtful labels, and what the labelling functions say."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as N_
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from brickmod.web.guards import needs
from engagement.cleaning import actions, drawn
from engagement.cleaning.exam import LEAST
from engagement.cleaning.models import EXAM, CleaningRound, Doubt, ThemeAnswer, is_exam
from engagement.creations.models import Creation
from engagement.daily.models import CreationTheme
from engagement.themes.models import Theme

SEE = ("characters.approve", "featurestore.see_models")
ANSWER = ("characters.approve", "labelling.label")
TRAIN = "heads.train"
LOOKED_AT = 2000  # newest creations that functions are previewed on, and the exam is drawn from
KEEP_SECONDS = 300
GRIDS = {"doubts": N_("Labels that are doubtful"), "exam": N_("The exam")}


@dataclass(frozen=True)
class Tile:
    """A creation that is asked about. `label`: what stands there, `likely`: what a head says; slugs, "" for none."""

    creation: Creation
    label: str
    likely: str
    label_name: str
    likely_name: str


@never_cache
@require_GET
@needs(*SEE)
def rounds(request: HttpRequest) -> HttpResponse:
    rows = list(CleaningRound.objects.select_related("by", "head").defer("head__onnx")[:50])
    context = {
        "rows": rows,
        "open": any(row.state in actions.OPEN for row in rows),
        "chart": drawn.gains(rows),
        "doubts": Doubt.objects.exclude(creation__theme_answer__isnull=False).count(),
        "answers": ThemeAnswer.objects.filter(exam=False).count(),
        "exam": ThemeAnswer.objects.filter(exam=True).count(),
        "least": LEAST,
        "one_in": EXAM,
        "may_train": request.user.has_perm(TRAIN),
        "may_answer": any(request.user.has_perm(one) for one in ANSWER),
    }
    return render(request, "engagement/cleaning/rounds.html", context)


@require_POST
@needs(TRAIN)
def begin(request: HttpRequest) -> HttpResponse:
    try:
        actions.ask_round(request.user)
    except actions.NotNow as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("A round was asked for. It begins when a worker is free."))
    return HttpResponseRedirect(reverse("cleaning"))


@never_cache
@require_GET
@needs(*SEE)
def label_functions(request: HttpRequest) -> HttpResponse:
    """Every function, and what it says of the newest creations."""
    found = cache.get("cleaning-functions")
    if found is None:
        found = drawn.previewed(LOOKED_AT)
        cache.set("cleaning-functions", found, KEEP_SECONDS)
    return render(request, "engagement/cleaning/functions.html", {"found": found})


@never_cache
@require_http_methods(["GET", "POST"])
@needs(*ANSWER)
def grid(request: HttpRequest, which: str) -> HttpResponse:
    """Up to twelve creations: is the label right, is it what a head says, or another theme?"""
    if which not in GRIDS:
        raise Http404(_("There is no such grid."))
    if request.method == "POST":
        return _answered(request, which)
    names = dict(Theme.objects.live().values_list("slug", "name"))
    tiles = _doubts(names) if which == "doubts" else _exam(names)
    last = ThemeAnswer.objects.filter(by_id=request.user.pk).first()
    context = {
        "which": which,
        "title": _(GRIDS[which]),
        "tiles": tiles,
        "themes": sorted(names.items(), key=lambda one: one[1]),
        "batch": uuid4(),
        "undoable": ThemeAnswer.objects.filter(by_id=request.user.pk, batch=last.batch).count() if last else 0,
        "done": ThemeAnswer.objects.filter(exam=which == "exam").count(),
        "left": Doubt.objects.exclude(creation__theme_answer__isnull=False).count() if which == "doubts" else None,
        "least": LEAST,
    }
    return render(request, "engagement/cleaning/grid.html", context)


@require_POST
@needs(*ANSWER)
def undo(request: HttpRequest) -> HttpResponse:
    n = actions.undo(request.user)
    messages.info(
        request,
        ngettext("Taken back: %(n)d answer.", "Taken back: %(n)d answers.", n) % {"n": n}
        if n
        else _("There is nothing to take back."),
    )
    which = request.POST.get("which", "")
    return HttpResponseRedirect(reverse("cleaning-grid", args=[which if which in GRIDS else "doubts"]))


def _answered(request: HttpRequest, which: str) -> HttpResponse:
    try:
        batch, values = read(request.POST)
    except ValueError:
        messages.error(request, _("These answers cannot be read. Load the page again."))
        return HttpResponseRedirect(reverse("cleaning-grid", args=[which]))
    counted = actions.answer(request.user, batch, values) if values else 0
    if counted:
        messages.success(
            request, ngettext("Counted: %(n)d answer.", "Counted: %(n)d answers.", counted) % {"n": counted}
        )
    if gone := len(values) - counted:
        messages.warning(request, _("Not counted: %(n)d. They are not there any more.") % {"n": gone})
    if not values:
        messages.error(request, _("There was no answer yet. Answer at least one."))
    return HttpResponseRedirect(reverse("cleaning-grid", args=[which]))


def read(data: QueryDict) -> tuple[UUID, dict[UUID, tuple[str, str]]]:
    """(batch, creation -> (theme, what stood there)). A theme that was chosen by hand counts before the buttons; what
    was skipped is left out. Raises ValueError."""
    batch = UUID(data.get("batch", ""))
    values: dict[UUID, tuple[str, str]] = {}
    for name in data:
        if not name.startswith("label-"):
            continue
        key = name.removeprefix("label-")
        label, likely, said = (str(data.get(f"{what}-{key}", "")) for what in ("label", "likely", "answer"))
        other = str(data.get(f"other-{key}", ""))
        if other:
            values[UUID(key)] = ("" if other == "-" else other, label)
        elif said in ("yes", "no"):
            values[UUID(key)] = (label if said == "yes" else likely, label)
    if len(values) > actions.GRID:
        raise ValueError("more answers than a page has")
    return batch, values


def _doubts(names: dict[str, str]) -> list[Tile]:
    rows = Doubt.objects.exclude(creation__theme_answer__isnull=False).select_related("creation")[: actions.GRID]
    return [_tile(one.creation, one.label, one.likely, names) for one in rows]


def _exam(names: dict[str, str]) -> list[Tile]:
    """Drawn by the creations' random numbers among the newest."""
    newest = Creation.objects.filter(theme_answer=None).exclude(title="", text="")[:LOOKED_AT]
    drawn_ = sorted((one for one in newest if is_exam(one)), key=lambda one: one.id)[: actions.GRID]
    guesses = dict(CreationTheme.objects.filter(creation__in=drawn_).values_list("creation", "slug"))
    return [_tile(one, guesses.get(one.id, ""), "", names) for one in drawn_]


def _tile(creation: Creation, label: str, likely: str, names: dict[str, Any]) -> Tile:
    label, likely = (slug if slug in names else "" for slug in (label, likely))
    return Tile(creation, label, likely, names.get(label, _("no theme")), names.get(likely, _("no theme")))
