"""What is done to a head: each a page that says what changes and asks why, then a receipt with the way back."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from brickmod.web.guards import needs
from featurestore.compare import lists
from featurestore.compare.forms import CanaryForm, ReasonForm
from featurestore.compare.versions import side_by_side
from featurestore.compare.views import PROMOTE, SEE, evidence_for
from featurestore.heads import actions
from featurestore.heads.history import champions_before
from featurestore.heads.models import Alias, HeadVersion, Kind, Outcome, PromotionEvent, PromotionRequest


@dataclass(frozen=True)
class Verb:
    """`title` asks, `button` does, `says` what it means."""

    title: str
    button: str
    says: str
    primary: bool = False


VERBS = {
    "promote": Verb(
        "Promote version {version}?",
        "Promote {version}",
        "Its verdict counts for every upload from the next batch of every worker on. The champion of now takes its "
        "place beside it, so that the comparison goes on, and one click brings it back.",
        primary=True,
    ),
    "deploy": Verb(
        "Put version {version} beside the champion?",
        "Put it beside",
        "It sees every upload from the next batch on. Its verdict does not count.",
        primary=True,
    ),
    "hold": Verb(
        "Hold version {version}?",
        "Hold {version}",
        "It stops seeing uploads. It is kept, and may be put beside the champion again.",
    ),
    "retire": Verb(
        "Retire version {version}?",
        "Retire {version}",
        "It is taken out of use for good. What it said stays in the history.",
    ),
    "canary": Verb(
        "A canary share for version {version}?",
        "Set the share",
        "For this share of submissions its verdict counts in place of the champion's.",
    ),
}


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs(PROMOTE)
def act(request: HttpRequest, task: str, version: str, verb: str) -> HttpResponse:
    """Asks by GET, does by POST. What is refused stays on the page, with what was written."""
    if verb not in VERBS:
        raise Http404("That cannot be done to a head.")
    head = lists.version_or_404(task, version)
    page, evidence = evidence_for(task, head)
    form: ReasonForm = (CanaryForm if verb == "canary" else ReasonForm)(request.POST or None)
    refused = ""
    if request.method == "POST" and form.is_valid():
        if verb == "promote" and settings.PROMOTION_SECOND_PERSON:
            return _ask_second(request, head, form, evidence)
        try:
            event = _do(request, verb, head, form.cleaned_data, evidence)
        except actions.Refused as error:
            refused = str(error)
        else:
            return HttpResponseRedirect(reverse("models-receipt", args=[task, event.id]))
    placed = lists.placed(task)
    champion = next((one for one in placed if one.is_champion), None)
    mine = next((one for one in placed if one.head == head), None)
    about = VERBS[verb]
    context = {
        "task": task,
        "title": lists.title(task),
        "head": head,
        "verb": verb,
        "asks": about.title.format(version=version),
        "button": about.button.format(version=version),
        "says": about.says,
        "primary": about.primary,
        "form": form,
        "refused": refused,
        "page": page,
        "champion": champion,
        "mine": mine,
        "changes": _changes(verb, head, champion, mine),
        "metrics": side_by_side(champion.head if champion else None, head) if verb in ("promote", "deploy") else [],
        "second_person": verb == "promote" and settings.PROMOTION_SECOND_PERSON,
    }
    return render(request, "featurestore/compare/act.html", context, status=409 if refused else 200)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs(PROMOTE)
def roll_back(request: HttpRequest, task: str) -> HttpResponse:
    """To the champion before."""
    lists.exists_or_404(task)
    champion = next((one for one in lists.placed(task) if one.is_champion), None)
    before = next(champions_before(task), None)
    form = ReasonForm(request.POST or None)
    refused = "" if before else "There was no other champion before this one that may serve."
    if request.method == "POST" and form.is_valid():
        try:
            event = actions.roll_back(task, request.user, form.cleaned_data["reason"])
        except actions.Refused as error:
            refused = str(error)
        else:
            return HttpResponseRedirect(reverse("models-receipt", args=[task, event.id]))
    context = {
        "task": task,
        "title": lists.title(task),
        "head": before[0] if before else None,
        "verb": "roll_back",
        "asks": f"Roll back to version {before[0].version}?" if before else "Roll back?",
        "button": f"Roll back to {before[0].version}" if before else "",
        "says": "The champion before is champion again, with the threshold that it had, from the next batch of every "
        "worker on. The one of now is held, with your reason.",
        "form": form,
        "refused": refused,
        "champion": champion,
        "changes": [("Champion (production)", champion.head.version, before[0].version)] if champion and before else [],
        "primary": True,
    }
    return render(request, "featurestore/compare/act.html", context, status=409 if refused and before else 200)


@never_cache
@require_GET
@needs(SEE)
def receipt(request: HttpRequest, task: str, id: int) -> HttpResponse:
    """What was done, by whom, why, and what the page said then; with the way back."""
    event = get_object_or_404(lists.events(task), id=id)
    newest = PromotionEvent.objects.filter(task=task).order_by("-id").values_list("id", flat=True).first()
    undoes = event.id == newest and event.kind == Kind.PROMOTE and event.old is not None
    context = {
        "task": task,
        "title": lists.title(task),
        "event": event,
        "serves": [
            (Alias(alias).label, version, threshold, canary)
            for alias, (version, threshold, canary) in sorted(
                event.served.items(), key=lambda row: list(Alias).index(Alias(row[0]))
            )
        ],
        "can_undo": undoes and request.user.has_perm(PROMOTE),
    }
    return render(request, "featurestore/compare/receipt.html", context)


@require_POST
@needs(PROMOTE)
def undo(request: HttpRequest, task: str, id: int) -> HttpResponse:
    """One click from the receipt: the promotion is taken back, as long as nothing else was done since."""
    event = get_object_or_404(lists.events(task), id=id, kind=Kind.PROMOTE)
    newest = PromotionEvent.objects.filter(task=task).order_by("-id").values_list("id", flat=True).first()
    if event.id != newest:
        messages.error(request, "Something else was done since; look at the history before you roll back.")
        return HttpResponseRedirect(reverse("models-receipt", args=[task, id]))
    try:
        back = actions.roll_back(task, request.user, f"Taken back from the receipt of “{event.reason}”")
    except actions.Refused as error:
        messages.error(request, str(error))
        return HttpResponseRedirect(reverse("models-receipt", args=[task, id]))
    return HttpResponseRedirect(reverse("models-receipt", args=[task, back.id]))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs(PROMOTE)
def asked(request: HttpRequest, task: str, id: int) -> HttpResponse:
    """Where two people have to agree: what the first one asked for, and the second one's answer."""
    wish = get_object_or_404(PromotionRequest.objects.select_related("head", "champion", "by"), task=task, id=id)
    refused = ""
    if request.method == "POST":
        try:
            if request.POST.get("answer") == "agree":
                event = actions.agree(wish, request.user)
                return HttpResponseRedirect(reverse("models-receipt", args=[task, event.id]))
            actions.decline(wish, request.user)
        except actions.Refused as error:
            refused = str(error)
        else:
            messages.success(request, "Declined: nothing was changed.")
            return HttpResponseRedirect(reverse("models-compare", args=[task]))
    context = {
        "task": task,
        "title": lists.title(task),
        "wish": wish,
        "refused": refused,
        "open": wish.outcome == Outcome.OPEN,
        "is_own": wish.by == request.user,
        "metrics": side_by_side(wish.champion, wish.head),
    }
    return render(request, "featurestore/compare/asked.html", context, status=409 if refused else 200)


# -- what changes ------------------------------------------------------------------------------------------------
def _do(
    request: HttpRequest, verb: str, head: HeadVersion, said: dict[str, Any], evidence: dict[str, Any]
) -> PromotionEvent:
    why, by = said["reason"], request.user
    if verb == "promote":
        return actions.promote(head, by, why, evidence=evidence)
    if verb == "canary":
        return actions.set_canary(head, said["share"] / 100, by, why, evidence=evidence)
    if verb == "hold":
        return actions.hold(head, by, why, evidence=evidence)
    if verb == "retire":
        return actions.retire(head, by, why, evidence=evidence)
    actions.deploy(head, by, why)
    return PromotionEvent.objects.filter(task=head.task, new=head).latest("id")


def _ask_second(request: HttpRequest, head: HeadVersion, form: ReasonForm, evidence: dict[str, Any]) -> HttpResponse:
    try:
        wish = actions.ask_promotion(head, request.user, form.cleaned_data["reason"], evidence=evidence)
    except actions.Refused as error:
        messages.error(request, str(error))
        return HttpResponseRedirect(reverse("models-compare", args=[head.task]))
    return HttpResponseRedirect(reverse("models-asked", args=[head.task, wish.id]))


def _changes(
    verb: str, head: HeadVersion, champion: lists.Placed | None, mine: lists.Placed | None
) -> list[tuple[str, str, str]]:
    """What: now, and then."""
    if verb == "promote" and mine:
        now = champion.head.version if champion else "nobody"
        changes = [("Champion (production)", now, head.version), (mine.says.capitalize(), head.version, now)]
        if champion:
            changes.append(("Threshold that counts", f"{champion.threshold:.3g}", f"{mine.threshold:.3g}"))
        if mine.canary:
            changes.append(("Canary share", f"{100 * mine.canary:.3g} %", "none"))
        return changes
    if verb == "canary" and mine:
        return [("Canary share now", f"{100 * mine.canary:.3g} %", "as you say below")]
    if verb == "deploy":
        return [("Challenger (staging)", "", head.version)]
    return [(mine.says.capitalize(), head.version, "nobody")] if mine else []
