"""The engager's morning: drafts beside their pictures. A form that works without scripts; keys make it quick."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.mixins import PermissionRequiredMixin
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views import View
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from brickmod.web.guards import needs
from engagement.characters import actions, second_look
from engagement.characters.checking import LONGEST, Unkind
from engagement.characters.forms import Answer, NotSeen, page_token, read
from engagement.characters.models import Character, Draft, DraftState
from engagement.creations.models import Creation
from engagement.creations.pictures import picture_of
from engagement.themes.models import Theme

APPROVE = "characters.approve"
SETTLE = "characters.settle"
NO_THEME = "none"  # in an address
ON_A_PAGE = 12


@never_cache
@require_GET
@needs(APPROVE)
def comments(request: HttpRequest) -> HttpResponse:
    """Up to twelve drafts of one theme and language, oldest first; and how many wait."""
    waiting = Draft.objects.waiting()
    theme, language = request.GET.get("theme", ""), request.GET.get("language", "")
    shown = waiting.filter(theme="" if theme == NO_THEME else theme) if theme else waiting
    shown = shown.filter(language__istartswith=language) if language else shown
    drafts = list(shown.select_related("creation__submission", "character")[:ON_A_PAGE])
    if (
        first := waiting.filter(id__in=_uuids(request.GET.get("draft", "")))
        .select_related("creation", "character")
        .first()
    ):
        drafts = [first, *(draft for draft in drafts if draft != first)][:ON_A_PAGE]
    context = {
        **_around(),
        "drafts": drafts,
        "page": page_token([draft.id for draft in drafts]),
        "counts": _counts(request),
        "of_theme": _of_theme(waiting),
        "languages": _choices(waiting, "language"),
        "theme": theme,
        "language": language,
        "undoable": actions.undoable(request.user).count(),
        "query": request.GET.urlencode(),
        "by_hand": request.GET.get("by_hand", ""),
    }
    return render(request, "engagement/characters/comments.html", context)


@never_cache
@require_GET
@needs(APPROVE)
def counts(request: HttpRequest) -> HttpResponse:
    """How much waits and how much was done today, for the line that keeps itself fresh."""
    return render(request, "engagement/characters/_counts.html", {"counts": _counts(request)})


@require_POST
@needs(APPROVE)
def send(request: HttpRequest) -> HttpResponse:
    """What was chosen on a page. Each is done alone: one that went wrong stays, with the reason, and stops no other."""
    try:
        answers = read(request.POST.dict())
    except NotSeen as error:
        messages.error(request, str(error))
        return _back(request)
    rows = Draft.objects.in_bulk([answer.draft for answer in answers])
    done = {"approve": 0, "drop": 0}
    for answer in answers:
        row = rows.get(answer.draft)
        try:
            if row is None:
                raise actions.Gone(_("A creation was withdrawn; nothing is said of it."))
            _do(request.user, row, answer)
        except (actions.Gone, Unkind) as error:
            name = row.creation.title if row else ""
            messages.error(request, f"{name}: {error}" if name else str(error))
        else:
            done[answer.wanted] += 1
    if any(done.values()):
        messages.success(
            request,
            _("Approved %(approved)d, dropped %(dropped)d.") % {"approved": done["approve"], "dropped": done["drop"]},
        )
    elif not answers:
        messages.info(request, _("Nothing was chosen."))
    return _back(request)


@require_POST
@needs(APPROVE)
def undo(request: HttpRequest) -> HttpResponse:
    """All that this person decided and that nobody heard of yet."""
    back = late = 0
    for row in actions.undoable(request.user):
        try:
            actions.undo(request.user, row)
            back += 1
        except (actions.TooLate, actions.Gone):
            late += 1
    if back:
        messages.success(request, _("Taken back: %(n)d.") % {"n": back})
    if late or not back:
        messages.warning(request, _("It was too late for the rest.") if back else _("It can no longer be taken back."))
    return _back(request)


@require_POST
@needs(APPROVE)
def again(request: HttpRequest, id: UUID) -> HttpResponse:
    """Another text, by the character chosen beside it."""
    draft = get_object_or_404(Draft.objects.select_related("character"), id=id)
    chosen = Character.objects.filter(active=True, slug=request.POST.get(f"character-{id}", "")).first()
    error = ""
    try:
        draft = actions.write_again(request.user, draft, chosen or draft.character)
    except (actions.Gone, Unkind) as problem:
        error = str(problem)
    if not getattr(request, "htmx", False):
        if error:
            messages.error(request, error)
        return _back(request)
    return tile(request, draft, error)


def tile(request: HttpRequest, draft: Draft, error: str = "", typed: str = "") -> HttpResponse:
    """A draft's tile, in the place of the one that was there. `typed`: what somebody was about to write."""
    context = {**_around(), "draft": draft, "error": error, "typed": typed, "number": request.POST.get("number", "")}
    return render(request, "engagement/characters/_tile.html", context)


@require_POST
@needs(APPROVE)
def by_hand(request: HttpRequest) -> HttpResponse:
    """A person's own words of a creation that has no draft. The page then begins with it, to be read and approved."""
    named = request.POST.get("creation", "").strip()
    found = list(Creation.objects.filter(external_id=named)[:2]) if named else []
    character = Character.objects.filter(active=True, slug=request.POST.get("character", "")).first()
    try:
        if len(found) != 1:
            raise actions.Gone(
                _("No creation has this id.") if not found else _("Two apps have a creation of this id.")
            )
        if character is None:
            raise actions.Gone(_("Nobody of that name speaks."))
        draft = actions.write_by_hand(request.user, found[0], character, request.POST.get("text", ""))
    except (actions.Gone, Unkind) as error:
        messages.error(request, str(error))
        return HttpResponseRedirect(f"{reverse('comments-page')}?{urlencode({'by_hand': named})}#by-hand")
    messages.success(request, _("Written. Read it once more, and approve it."))
    return HttpResponseRedirect(f"{reverse('comments-page')}?{urlencode({'draft': str(draft.id)})}")


@never_cache
@require_GET
@needs(APPROVE)
def history(request: HttpRequest) -> HttpResponse:
    """What was decided, newest first, and by whom."""
    rows = Draft.objects.exclude(state=DraftState.DRAFT).select_related(
        "creation", "character", "approved_by", "dropped_by"
    )
    page = Paginator(rows.order_by("-approved_at", "-dropped_at", "id"), 50).get_page(request.GET.get("page"))
    return render(request, "engagement/characters/history.html", {"page": page, "now": timezone.now()})


class Picture(PermissionRequiredMixin, View):
    """A creation's picture, for those who say something of it."""

    permission_required = APPROVE
    raise_exception = True

    def get(self, request: HttpRequest, id: UUID) -> HttpResponseBase:
        picture = picture_of(get_object_or_404(Creation, id=id))
        if picture is None:
            raise Http404(_("This picture is not there any more."))
        answer = HttpResponse(picture, content_type="image/jpeg")
        answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
        answer.headers["Cross-Origin-Resource-Policy"] = "same-origin"
        answer.headers["Cache-Control"] = "private, max-age=600"
        return answer


def _do(user: Any, row: Draft, answer: Answer) -> None:
    if answer.wanted == "drop":
        actions.drop(user, row)
        return
    if row.text != answer.was:
        raise actions.Gone(_("The text was changed meanwhile. Read it again."))
    if answer.text != answer.was:
        row = actions.edit(user, row, answer.text)
    actions.approve(user, row, answer.text)


def _back(request: HttpRequest) -> HttpResponse:
    query = request.POST.get("query", "")
    return HttpResponseRedirect(reverse("comments-page") + (f"?{query}" if query else ""))


def _around() -> dict[str, Any]:
    """What every tile needs."""
    return {
        "characters": list(Character.objects.filter(active=True)),
        # Groups and themes of old too: what was guessed as one shows so. Only what is live can be chosen.
        "all_themes": list(Theme.objects.values_list("slug", "name", "standing")),
        "longest": LONGEST,
    }


def _counts(request: HttpRequest) -> dict[str, int]:
    mine: Any = request.user
    midnight = _midnight()
    return {
        "waiting": Draft.objects.waiting().count(),
        "approved": Draft.objects.filter(approved_by=mine, approved_at__gte=midnight).count(),
        "dropped": Draft.objects.filter(dropped_by=mine, dropped_at__gte=midnight).count(),
        "posted": Draft.objects.posted().filter(post_at__gte=midnight).count(),
        "second": second_look.waiting_for(mine).count(),
        "disagreements": second_look.disagreements().count() if mine.has_perm(SETTLE) else 0,
    }


def _of_theme(waiting: Any) -> list[tuple[str, str, int]]:
    """(value, name, drafts) of each theme that waits, most first."""
    names = dict(Theme.objects.values_list("slug", "name"))
    found = waiting.order_by().values_list("theme").annotate(n=Count("id")).order_by("-n", "theme")
    return [(slug or NO_THEME, names.get(slug, slug) if slug else _("no theme"), n) for slug, n in found]


def _uuids(text: str) -> list[UUID]:
    """One, or none where the address says something else."""
    try:
        return [UUID(text)]
    except ValueError:
        return []


def _choices(waiting: Any, name: str) -> list[str]:
    return sorted({value for value in waiting.order_by().values_list(name, flat=True).distinct() if value})


def _midnight() -> Any:
    return timezone.now().replace(hour=0, minute=0, second=0, microsecond=0)
