"""The pages of authors: who waits for a second person, one author's line, what people decide about them."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from brickmod.access.models import App
from brickmod.web.guards import needs
from moderation.authors import measures
from moderation.authors.actions import author_of
from moderation.authors.forms import ProposeForm, SearchForm
from moderation.authors.hints import hints
from moderation.authors.measures import ACT, SEE, NotDone
from moderation.authors.models import Author, Measure, Step, StrikeRule
from moderation.authors.shown import held, line, search, to_agree
from moderation.intake.models import State, Submission


@never_cache
@require_GET
@needs(SEE)
def authors(request: HttpRequest) -> HttpResponse:
    form = SearchForm(request.GET)
    said: dict[str, Any] = form.cleaned_data if form.is_valid() else {"q": "", "app": None}
    context = {
        "form": form,
        "asked": bool(said["q"].strip()),
        "found": search(said["q"], said["app"]),
        "to_agree": to_agree(),
        "held": held(),
        "rules": StrikeRule.objects.select_related("reason"),
        "steps": Step.objects.all(),
        "may_act": request.user.has_perm(ACT),
    }
    return render(request, "moderation/authors/authors.html", context)


@never_cache
@require_GET
@needs(SEE)
def of_submission(request: HttpRequest, id: UUID) -> HttpResponse:
    """The line of who sent this. No pseudonym stands in an address."""
    row = Submission.objects.select_related("app").exclude(state=State.WITHDRAWN).filter(id=id).first()
    if row is None:
        raise Http404(_("This submission is not there any more."))
    return _line(request, row.app, row.author, back=str(id))


@never_cache
@require_GET
@needs(SEE)
def author(request: HttpRequest, id: UUID) -> HttpResponse:
    row = get_object_or_404(Author.objects.select_related("app"), id=id)
    return _line(request, row.app, row.name)


@never_cache
@require_POST
@needs(SEE)
def open_line(request: HttpRequest) -> HttpResponse:
    """From a search's row to the line: the pseudonym comes in the body."""
    app = get_object_or_404(App, id=_number(request.POST.get("app", "")))
    name = request.POST.get("name", "")
    if (there := Author.objects.filter(app=app, name=name).first()) is not None:
        return HttpResponseRedirect(reverse("author", args=[there.id]))
    sent = Submission.objects.filter(app=app, author=name).exclude(state=State.WITHDRAWN)
    last = sent.order_by("-received_at").first()
    if last is None:
        raise Http404(_("There is nothing of this author."))
    return HttpResponseRedirect(reverse("author-of", args=[last.id]))


@require_POST
@needs(ACT)
def propose(request: HttpRequest) -> HttpResponse:
    app = get_object_or_404(App, id=_number(request.POST.get("app", "")))
    name = request.POST.get("name", "")
    rows = (Author.objects.filter(app=app, name=name), Submission.objects.filter(app=app, author=name))
    if not name or not any(found.exists() for found in rows):
        raise Http404(_("There is nothing of this author."))
    form = ProposeForm(request.POST)
    who = author_of(app, name)
    if not form.is_valid():
        messages.error(request, _("Say what should follow, and why."))
    else:
        said = form.cleaned_data
        _done(
            request,
            lambda: measures.propose(request.user, who, said["follows"], said["because"], said["days"], said["a_day"]),
            _("Noted. A ban waits for another person to agree."),
        )
    return HttpResponseRedirect(reverse("author", args=[who.id]))


@require_POST
@needs(ACT)
def same(request: HttpRequest, id: UUID) -> HttpResponse:
    """A person finds that this author is the one of the ban `id`: the same is proposed; another person must agree."""
    ban = get_object_or_404(Measure.objects.in_force().select_related("author__app"), id=id)
    name = request.POST.get("name", "")
    if not Submission.objects.filter(app=ban.author.app, author=name).exists():
        raise Http404(_("There is nothing of this author."))
    who = author_of(ban.author.app, name)
    _done(request, lambda: measures.propose_same(request.user, who, ban), _("Proposed: another person has to agree."))
    return HttpResponseRedirect(reverse("author", args=[who.id]))


@require_POST
@needs(ACT)
def act(request: HttpRequest, id: UUID) -> HttpResponse:
    """`do`: agree, refuse or lift; the last two with a reason."""
    measure = get_object_or_404(Measure.objects.select_related("author"), id=id)
    because = request.POST.get("because", "")
    verbs: dict[str, tuple[Callable[[], Any], str]] = {
        "agree": (lambda: measures.agree(request.user, measure), _("It is in force, and the app is told.")),
        "refuse": (lambda: measures.refuse(request.user, measure, because), _("Refused: nothing follows.")),
        "lift": (lambda: measures.lift(request.user, measure, because), _("Lifted, and the app is told.")),
    }
    if (verb := verbs.get(request.POST.get("do", ""))) is None:
        messages.error(request, _("Choose what to do."))
    else:
        _done(request, *verb)
    return HttpResponseRedirect(reverse("author", args=[measure.author_id]))


def _line(request: HttpRequest, app: App, name: str, back: str = "") -> HttpResponse:
    may_act = request.user.has_perm(ACT)
    context = {
        "line": line(app, name),
        "form": ProposeForm(),
        "may_act": may_act,
        "back": back,
        "hints": hints(app, name) if may_act else [],
    }
    return render(request, "moderation/authors/author.html", context)


def _done(request: HttpRequest, act: Callable[[], Any], says: str) -> None:
    try:
        act()
    except NotDone as error:
        messages.error(request, str(error))
    else:
        messages.success(request, says)


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 10 else 0
