"""The pages of bursts: what is open, one of them, and what a lead does with all of it."""

from datetime import datetime
from typing import Any
from uuid import UUID

import structlog
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from brickmod.celery import app as celery
from brickmod.web.guards import needs
from moderation.alerts import actions, bulk
from moderation.alerts.models import Alert, AlertState, Bulk
from moderation.alerts.shown import rows, whole
from moderation.desk.door import LEAD, SEE
from moderation.desk.errors import DeskError
from moderation.feedback.models import Reason
from moderation.queues.models import Queue

log = structlog.get_logger(__name__)

LAST = 30


@never_cache
@require_GET
@needs(SEE)
def alerts(request: HttpRequest) -> HttpResponse:
    found = Alert.objects.select_related("app", "closed_by")
    context = {
        "open": rows(list(found.filter(state=AlertState.OPEN))),
        "closed": rows(list(found.filter(state=AlertState.CLOSED)[:LAST])),
    }
    return render(request, "moderation/alerts/alerts.html", context)


@never_cache
@require_GET
@needs(SEE)
def alert(request: HttpRequest, id: UUID) -> HttpResponse:
    row = get_object_or_404(Alert.objects.select_related("app", "closed_by", "told_by"), id=id)
    lead = request.user.has_perm(LEAD)
    context = {
        "shown": whole(row, request.user),
        "lead": lead,
        "queues": Queue.objects.all() if lead else [],
        "reasons": Reason.objects.offered() if lead else [],
    }
    return render(request, "moderation/alerts/alert.html", context)


@never_cache
@require_POST
@needs(LEAD)
def close(request: HttpRequest, id: UUID) -> HttpResponse:
    get_object_or_404(Alert, id=id)
    actions.close(request.user, id)
    messages.success(request, _("Closed. The same is not raised again within an hour."))
    return HttpResponseRedirect(reverse("alerts"))


@never_cache
@require_POST
@needs(LEAD)
def tell(request: HttpRequest, id: UUID) -> HttpResponse:
    get_object_or_404(Alert, id=id)
    actions.tell(request.user, id, request.POST.get("says", "")[:1000].strip())
    messages.success(request, _("Written to the outbox: the app's endpoints are told."))
    return HttpResponseRedirect(reverse("alert", args=[id]))


@never_cache
@require_POST
@needs(LEAD)
def order(request: HttpRequest, id: UUID) -> HttpResponse:
    row = get_object_or_404(Alert, id=id)
    said: Any = request.POST
    try:
        made = bulk.order(
            request.user,
            row,
            said.get("kind", ""),
            said.get("why", "")[:2000],
            _until(said.get("until", "")),
            said.get("queue", ""),
            [code for code in said.getlist("reasons") if code],
        )
    except (DeskError, ValueError) as error:
        messages.error(request, str(error))
    else:
        _announce(made.id)
        n = made.parts.count()
        says = ngettext("Ordered for %(n)d upload.", "Ordered for %(n)d uploads.", n) % {"n": n}
        messages.success(request, f"{says} {_('Below is how far it is.')}")
    return HttpResponseRedirect(reverse("alert", args=[id]))


@never_cache
@require_POST
@needs(LEAD)
def undo(request: HttpRequest, id: UUID) -> HttpResponse:
    made = get_object_or_404(Bulk, id=id)
    try:
        bulk.undo(request.user, made)
    except DeskError as error:
        messages.error(request, str(error))
    else:
        _announce(made.id)
        messages.success(request, _("It is being taken back. Below is how far it is."))
    return HttpResponseRedirect(reverse("alert", args=[made.alert_id]))


def _until(said: str) -> datetime:
    """The moment of the preview; never later than now."""
    until = parse_datetime(said)
    if until is None or timezone.is_naive(until):
        raise ValueError(_("Reload the page: it did not say what it had shown."))
    return min(until, timezone.now())


def _announce(id: UUID) -> None:
    """Tell the workers. If the broker is away nothing is lost: the watch goes on with it within half a minute."""

    def send() -> None:
        try:
            celery.send_task("moderation.alerts.carry_out", [str(id)])
        except (OperationalError, RedisError, OSError) as error:
            log.warning("alerts.not_announced", bulk=str(id), error=type(error).__name__)

    transaction.on_commit(send)
