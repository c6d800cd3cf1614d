"""Do children who may hear characters come back more often? By how much, and how sure is it?"""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from brickmod.web.guards import needs
from engagement.value.measuring import OUTCOMES
from engagement.value.models import Measured

KINDS = ("all", "market", "theme", "character")


@never_cache
@require_GET
@needs("featurestore.see_models")
def value(request: HttpRequest) -> HttpResponse:
    newest = Measured.objects.order_by("-day").first()
    wanted = request.GET.get("outcome", "came back")
    outcome = wanted if wanted in OUTCOMES else "came back"
    context: dict[str, Any] = {"measured": newest, "outcomes": OUTCOMES, "outcome": outcome, "says": OUTCOMES[outcome]}
    if newest:
        rows = [shown(row, outcome) for row in newest.data["outcomes"][outcome]]
        context |= {
            "verdict": verdict(newest.data["outcomes"][outcome][0], outcome),
            "groups": [(kind, [row for row in rows if row["kind"] == kind]) for kind in KINDS],
        }
    return render(request, "engagement/value/value.html", context)


def verdict(all_: dict[str, Any], outcome: str) -> str:
    """One sentence for everybody."""
    if all_["low"] is None:
        return f"Too few authors to tell: {all_['n_heard']} may hear characters, {all_['n_held']} never do."
    unit = "points" if outcome == "came back" else "days"
    low, high = _figure(all_["low"], outcome), _figure(all_["high"], outcome)
    by = f"{_figure(all_['difference'], outcome)} {unit} (between {low} and {high})"
    if all_["low"] > 0:
        return f"Children who may hear characters build more: {by}, and we can be sure that there is a difference."
    if all_["high"] < 0:
        return f"Children who may hear characters build less: {by}. That is reason to stop and to look why."
    more = f" About {all_['needed']:,} authors in all would tell." if all_["needed"] else ""
    return f"It cannot be told yet: the difference is {by}.{more}"


def shown(row: dict[str, Any], outcome: str) -> dict[str, Any]:
    """A row of the table, in words and figures."""
    interval = "" if row["low"] is None else f"{_figure(row['low'], outcome)} to {_figure(row['high'], outcome)}"
    sure = "more" if row["low"] and row["low"] > 0 else "less"
    says = "too few" if row["low"] is None else sure if row["sure"] else "not known yet"
    return row | {
        "heard_shown": _mean(row["heard"], outcome),
        "held_shown": _mean(row["held"], outcome),
        "difference_shown": "" if row["difference"] is None else _figure(row["difference"], outcome),
        "interval": interval,
        "says": says,
    }


def _figure(value: float, outcome: str) -> str:
    return f"{value * 100:+.1f}".replace("-", "−") if outcome == "came back" else f"{value:+.2f}".replace("-", "−")


def _mean(value: float | None, outcome: str) -> str:
    if value is None:
        return ""
    return f"{value:.1%}" if outcome == "came back" else f"{value:.2f}"
