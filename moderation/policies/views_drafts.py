"""The pages of drafts: begin, change, see what would change, say from when on."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from brickmod.web.guards import needs
from moderation.feedback import content, shipped
from moderation.feedback.models import Reason
from moderation.policies import actions
from moderation.policies.actions import PUBLISH, WRITE, NotDone
from moderation.policies.changing import Place, apply, value
from moderation.policies.forms import ReasonForm, ScheduleForm, TitleForm, WhereForm
from moderation.policies.models import Draft
from moderation.policies.touched import touched


@require_POST
@needs(WRITE)
def begin(request: HttpRequest) -> HttpResponse:
    form = TitleForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Say what the draft is about."))
        return HttpResponseRedirect(reverse("policies"))
    made = actions.begin(request.user, form.cleaned_data["title"])
    return HttpResponseRedirect(reverse("policy-draft", args=[made.id]))


@never_cache
@require_GET
@needs(WRITE)
def draft(request: HttpRequest, id: UUID) -> HttpResponse:
    """What it changes, word by word, and which past decisions that would have touched."""
    row = get_object_or_404(Draft.objects.select_related("made_by", "scheduled_by", "policy"), id=id)
    now = content.read()
    changes = row.all_changes
    context = {
        "draft": row,
        "changes": changes,
        "touched": touched(now, apply(now, changes), {change.place.subject for change in changes}) if changes else None,
        "reasons": Reason.objects.all(),
        "form": ScheduleForm(initial={"at": timezone.now()}),
        "may_publish": request.user.has_perm(PUBLISH),
    }
    return render(request, "moderation/policies/draft.html", context)


@never_cache
@require_http_methods(["GET", "POST"])
@needs(WRITE)
def change(request: HttpRequest, id: UUID, code: str) -> HttpResponse:
    """One reason in the draft: itself, its text in a language, its rule in a market."""
    row = get_object_or_404(Draft, id=id)
    get_object_or_404(Reason, code=code)
    asked = WhereForm(request.POST if request.method == "POST" else request.GET)
    asked.is_valid()
    language, market = asked.cleaned_data["language"], asked.cleaned_data["market"]
    places = _places(code, language, market)
    shown = apply(content.read(), row.all_changes)
    initial = {name: value(shown, place) for name, place in places.items()}
    form = ReasonForm(request.POST if request.method == "POST" else None, initial=initial, in_market=bool(market))
    if request.method == "POST" and form.is_valid():
        values = {place: form.cleaned_data[name] for name, place in places.items()}
        _do(request, lambda: actions.write(request.user, row, values), _("It is in the draft."))
        return HttpResponseRedirect(reverse("policy-draft", args=[row.id]))
    context = {
        "draft": row,
        "code": code,
        "form": form,
        "language": language,
        "market": market,
        "languages": shipped.languages(),
    }
    return render(request, "moderation/policies/change.html", context)


def _places(code: str, language: str, market: str) -> dict[str, Place]:
    """Field of the form -> where it stands."""
    own = ("title", "severity", "explains", "alone", "retired")
    places = {name: Place("reason", code, "", name) for name in own}
    places |= {f"text_{name}": Place("text", code, language, name) for name in ("title", "text")}
    if market:
        names = ("severity", "explains", "offered")
        places |= {f"market_{name}": Place("market", code, market, name) for name in names}
    return places


@require_POST
@needs(WRITE, PUBLISH)
def act(request: HttpRequest, id: UUID) -> HttpResponse:
    """`do`: schedule (from `at` on), back (to be written again), withdraw."""
    row = get_object_or_404(Draft, id=id)
    form = ScheduleForm(request.POST)
    verbs: dict[str, tuple[Callable[[], Any], str]] = {
        "back": (lambda: actions.back(request.user, row), _("It is a draft again.")),
        "withdraw": (lambda: actions.withdraw(request.user, row), "Withdrawn."),
    }
    if form.is_valid():
        at = form.cleaned_data["at"]
        verbs["schedule"] = (lambda: actions.schedule(request.user, row, at), _("It holds from then on."))
    if (verb := verbs.get(request.POST.get("do", ""))) is None:
        messages.error(request, _("Say from when on."))
    else:
        _do(request, *verb)
    return HttpResponseRedirect(reverse("policy-draft", args=[row.id]))


def _do(request: HttpRequest, act: Callable[[], Any], says: str) -> None:
    try:
        act()
    except NotDone as error:
        messages.error(request, str(error))
    except KeyError:
        raise Http404(_("There is no such place in a policy.")) from None
    else:
        messages.success(request, says)
