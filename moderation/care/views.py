"""A person's own pages: how pictures are shown to them, and what they were shown."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from brickmod.web.guards import needs
from moderation.care import own_figures, veils
from moderation.care.comfort import keep, own_of
from moderation.care.exposure import had
from moderation.care.forms import read
from moderation.feedback.models import Reason


@never_cache
@needs("desk.see_queue")
def comfort(request: HttpRequest) -> HttpResponse:
    """Blur, grey, small and mute: for all that was flagged, and by reason."""
    reasons = list(Reason.objects.filter(retired=False))
    if request.method == "POST":
        keep(request.user, *(({}, {}) if "house" in request.POST else read(request.POST, [r.code for r in reasons])))
        messages.success(request, _("Kept, for you alone. It holds on every machine."))
        return HttpResponseRedirect(reverse("desk-comfort"))
    own = own_of(request.user)
    mine = own.get("reasons", {})
    rows = [
        (
            reason,
            reason.code in mine,
            [(veil, mine.get(reason.code, {}).get(veil, veils.chosen(own, veil))) for veil in veils.VEILS],
        )
        for reason in reasons
    ]
    return render(
        request,
        "moderation/care/comfort.html",
        {"on": {name: veils.chosen(own, name) for name in veils.HOUSE}, "rows": rows},
    )


@never_cache
@require_GET
@needs("desk.decide")
def me(request: HttpRequest) -> HttpResponse:
    """What this person was given that is hard: for them alone. There is no address at which somebody else's stands."""
    context = {"had": had(request.user), "chart": own_figures.by_day(request.user)}
    return render(request, "moderation/care/me.html", context)
