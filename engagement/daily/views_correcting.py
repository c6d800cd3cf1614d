"""On the page of drafts: this creation is of another theme. Its tile comes back, with what is said of it now."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from brickmod.web.guards import needs
from engagement.characters.models import Draft
from engagement.characters.refusals import Gone
from engagement.characters.views import APPROVE, tile
from engagement.daily.correcting import CannotCorrect, correct


@require_POST
@needs(APPROVE)
def theme(request: HttpRequest, id: UUID) -> HttpResponse:
    """`id`: of a draft. A text that somebody is about to write stays."""
    draft = get_object_or_404(Draft.objects.select_related("creation", "character"), id=id)
    typed = request.POST.get(f"text-{id}", "")
    about_to_write = bool(typed) and typed != request.POST.get(f"was-{id}", typed)
    error = ""
    try:
        correct(request.user, draft.creation, request.POST.get(f"theme-{id}", ""), rewrite=not about_to_write)
        draft = Draft.objects.select_related("creation", "character").get(id=id)
    except (CannotCorrect, Gone) as problem:
        error = str(problem)
    except Draft.DoesNotExist:
        error = _("The creation was withdrawn.")
    if getattr(request, "htmx", False):
        return tile(request, draft, error, typed if about_to_write else "")
    if error:
        messages.error(request, error)
    query = request.POST.get("query", "")
    return HttpResponseRedirect(reverse("comments-page") + (f"?{query}" if query else ""))
