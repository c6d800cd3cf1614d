"""Cards of what no theme explains. A form each that works without scripts; keys make it quick."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from brickmod.web.guards import needs
from engagement.novelty import SHOWN, actions
from engagement.novelty.models import Card, CardState, Round, RoundState
from engagement.themes.models import Theme

ENGAGE = "characters.approve"
HEIGHT = 40  # of a bar, in the drawing's own units


@dataclass(frozen=True)
class Bar:
    """A week of a card's drawing: where its bar is, how high, and what it says."""

    x: int
    y: str
    height: str
    week: str
    count: int
    everything: int


@dataclass(frozen=True)
class Shown:
    """A card as the page has it. `says`: of its growth. `stability`: mean overlap with what resamples found."""

    card: Card
    creations: list[Any]
    words: list[str]
    parents: list[str]
    bars: list[Bar]
    says: str
    stability: str


@never_cache
@require_GET
@needs(ENGAGE)
def cards(request: HttpRequest) -> HttpResponse:
    """What waits, most stable first."""
    names = dict(Theme.objects.values_list("slug", "name"))
    context = {
        "cards": [shown(card, names) for card in Card.objects.open()],
        "themes": Theme.objects.live(),
        "round": Round.objects.filter(state=RoundState.DONE).first(),
        "undoable": actions.undoable(request.user),
    }
    return render(request, "engagement/novelty/cards.html", context)


@require_POST
@needs(ENGAGE)
def decide(request: HttpRequest, id: int) -> HttpResponse:
    """`wanted`: name, merge or wave. What did not work is said, and the card stays."""
    card = get_object_or_404(Card, id=id)
    wanted = request.POST.get("wanted", "")
    fits = [one for raw in request.POST.getlist("fits") if (one := _uuid(raw))]
    try:
        if wanted == "name":
            theme = actions.name_card(request.user, card, request.POST.get("name", "")[:60], fits)
            messages.success(
                request,
                _("%(theme)s is a theme now. Its first labels are learned from in half an hour.") % {"theme": theme},
            )
        elif wanted == "merge":
            into = Theme.objects.filter(slug=request.POST.get("theme", "")).first()
            if into is None:
                raise actions.CannotDo(_("Choose a theme to merge it into."))
            actions.merge_card(request.user, card, into, fits)
            messages.success(request, _("Merged into %(theme)s.") % {"theme": into})
        elif wanted == "wave":
            actions.wave_off(request.user, card)
            messages.success(request, _("Waved off. It does not come again."))
        else:
            raise actions.CannotDo(_("Nothing was chosen."))
    except actions.CannotDo as error:
        messages.error(request, str(error))
        return _back(f"#card-{card.pk}")
    return _back()


@require_POST
@needs(ENGAGE)
def undo(request: HttpRequest, id: int) -> HttpResponse:
    """What this person decided about a card."""
    card = get_object_or_404(Card, id=id)
    try:
        stuck = actions.undo(request.user, card)
    except actions.CannotDo as error:
        messages.error(request, str(error))
        return _back()
    messages.success(request, _("Taken back."))
    if stuck:
        messages.warning(request, _("Labels that stay, as others rely on them: %(n)d.") % {"n": stuck})
    return _back(f"#card-{card.pk}")


@never_cache
@require_GET
@needs(ENGAGE)
def history(request: HttpRequest) -> HttpResponse:
    """What was decided, newest first, and by whom."""
    rows = Card.objects.exclude(state=CardState.OPEN).select_related("theme", "decided_by").order_by("-decided_at")
    page = Paginator(rows, 50).get_page(request.GET.get("page"))
    return render(request, "engagement/novelty/history.html", {"page": page})


def shown(card: Card, names: dict[str, str]) -> Shown:
    return Shown(
        card,
        card.shown(SHOWN),
        [word for word, _share in card.words],
        [names.get(slug, slug) for slug in card.parents],
        bars(card.growth),
        growing(card.growth),
        f"{card.stability:.0%}",
    )


def bars(growth: dict[str, Any]) -> list[Bar]:
    rows = list(zip(growth["weeks"], growth["counts"], growth["everything"], strict=True))
    most = max((count for _week, count, _of in rows), default=0) or 1
    return [
        Bar(n * 22, f"{HEIGHT - HEIGHT * count / most:.1f}", f"{HEIGHT * count / most:.1f}", week, count, of)
        for n, (week, count, of) in enumerate(rows)
    ]


def growing(growth: dict[str, Any]) -> str:
    """One sentence with its interval."""
    ratio, low, high = growth["ratio"], growth["low"], growth["high"]
    if ratio is None:
        return (
            _("New this week.") if sum(growth["counts"]) and not sum(growth["counts"][:-1]) else _("Too few to tell.")
        )
    what = _("Grows") if low > 1 else _("Falls") if high is not None and high < 1 else _("May be steady")
    says = _("%(what)s: %(ratio)s times the weeks before (between %(low)s and %(high)s).")
    top = _("any number") if high is None else number_format(high, 1)
    return says % {"what": what, "ratio": number_format(ratio, 1), "low": number_format(low, 1), "high": top}


def _back(where: str = "") -> HttpResponse:
    return HttpResponseRedirect(reverse("new-themes") + where)


def _uuid(raw: str) -> UUID | None:
    try:
        return UUID(raw)
    except ValueError:
        return None
