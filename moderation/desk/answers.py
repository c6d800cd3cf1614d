"""What the desk's pages are answered: the desk again, or its pieces as JSON."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from brickmod.house.rules import lease_seconds, undo_seconds
from moderation.desk.forms import IdsForm
from moderation.desk.keys import keys_of
from moderation.desk.models import Decision
from moderation.desk.queue import counts
from moderation.desk.shown import show


def answer(request: HttpRequest, **found: Any) -> HttpResponse:
    """What an action led to. `found`: submission, or shown (as it is to be shown); decision, held, gone, unheard,
    kindly, receipt; told: what was said there is no decision, and this is what to say."""
    if not wants_json(request):
        if said := found.get("receipt") or found.get("told"):
            messages.success(request, said)
        return HttpResponseRedirect(reverse("desk"))
    data: dict[str, Any] = {
        "counts": render_to_string("moderation/desk/_counts.html", {"counts": counts()}),
        "until": lease_end(),
    }
    if "submission" in found or "shown" in found:
        one = found.get("submission")
        shown = found.get("shown") or (show(one, request.user) if one else None)
        context: dict[str, Any] = {"shown": shown} if shown else {}
        data["html"] = render_to_string("moderation/desk/_submission.html", context, request) if shown else None
    if decision := found.get("decision"):
        undo = _as_undo(decision)
        context = {"undo": undo, "keys": keys_of(request.user)}
        data["decision"] = str(decision.id)
        data["undo"] = render_to_string("moderation/desk/_undo.html", context, request) if undo else ""
    if "unheard" in found:
        data["unheard"] = render_to_string("moderation/desk/_unheard.html", {"unheard": found["unheard"]})
    if "kindly" in found:
        data["kindly"] = render_to_string("moderation/desk/_kindly.html", {"kindly": found["kindly"]})
    data |= {name: found[name] for name in ("held", "gone", "receipt", "told") if name in found}
    return JsonResponse(data)


def refused(request: HttpRequest, status: int, sentence: str) -> HttpResponse:
    """Nothing was changed, and why."""
    if wants_json(request):
        return JsonResponse({"detail": sentence}, status=status)
    messages.error(request, sentence)
    return HttpResponseRedirect(reverse("desk"))


def ids_of(request: HttpRequest) -> list[UUID]:
    form = IdsForm(request.POST)
    return form.cleaned_data["id"] if form.is_valid() else []


def lease_end() -> str:
    """No lease that was made until now ends later."""
    return (timezone.now() + timedelta(seconds=lease_seconds())).isoformat()


def undoable(user: Any) -> dict[str, Any] | None:
    """This person's last decision while it can be undone: a page without scripts offers it too."""
    return next((undo for last in Decision.objects.standing_of(user)[:1] if (undo := _as_undo(last))), None)


def _as_undo(decision: Decision) -> dict[str, Any] | None:
    seconds = undo_seconds() - (timezone.now() - decision.decided_at).total_seconds()
    if decision.undone_at or decision.on_appeal or decision.reverses_id or seconds <= 0:
        return None
    return {"decision": decision, "seconds": int(seconds)}


def wants_json(request: HttpRequest) -> bool:
    return request.get_preferred_type(["text/html", "application/json"]) == "application/json"
