"""The gallery of disagreements: a part of the page on which two heads are compared, and a page of its own."""

from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from brickmod.web.guards import needs
from featurestore.heads.models import HeadVersion
from moderation.comparing.disagreements import RIGHTS, SORTS, disagreements, heads_of

PAGE = 24


@never_cache
@require_GET
@needs("desk.see_queue")
def gallery(request: HttpRequest, task: str) -> HttpResponse:
    """`challenger` and `champion` (versions), `right` (a, b, open), `sort` (gap, a, b, new), `page`."""
    if not request.user.has_perm("featurestore.see_models"):
        raise PermissionDenied(_("Your role does not open this page."))
    if not HeadVersion.objects.filter(task=task).exists():
        raise Http404(_("There is no head of this name."))
    asked = {name: request.GET.get(name, "") for name in ("champion", "challenger", "right", "sort")}
    right = asked["right"] if asked["right"] in RIGHTS else ""
    sort = asked["sort"] if asked["sort"] in SORTS else "gap"
    champion, challenger = heads_of(task, asked["champion"], asked["challenger"])
    found = disagreements(task, champion, challenger) if champion and challenger else []
    shown = [one for one in found if not right or (one.right or "open") == right]
    page = Paginator(sorted(shown, key=SORTS[sort][1]), PAGE).get_page(request.GET.get("page"))
    keep = urlencode({name: asked[name] for name in ("champion", "challenger") if asked[name]})
    context = {
        "task": task,
        "champion": champion,
        "challenger": challenger,
        "found": len(found),
        "page": page,
        "right": right,
        "sort": sort,
        "rights": RIGHTS,
        "sorts": {name: words for name, (words, _) in SORTS.items()},
        "keep": keep,
        "asked": asked,
    }
    whole = "moderation/comparing/disagreements.html"
    return render(request, "moderation/comparing/_disagreements.html" if request.htmx else whole, context)  # type: ignore[attr-defined]
