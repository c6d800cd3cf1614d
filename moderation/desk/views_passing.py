"""Skip, set aside, pass on, hide: what a person does with what they do not decide."""

from datetime import timedelta
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from brickmod.web.guards import needs
from moderation.desk import actions, between
from moderation.desk.answers import answer, refused
from moderation.desk.door import DECIDE
from moderation.desk.errors import DeskError
from moderation.desk.forms import LaterForm, PassForm
from moderation.desk.models import SkipWhy
from moderation.desk.restricting import restrict
from moderation.intake.models import Submission
from moderation.queues.models import Queue


@never_cache
@require_POST
@needs(DECIDE)
def skip(request: HttpRequest, id: UUID) -> HttpResponse:
    why = request.POST.get("why", "")
    if between.passed(request.user, id) is not None:
        return answer(request)
    try:
        actions.renew(request.user, [id])
        actions.skip(request.user, Submission(id=id), why if why in SkipWhy.values else "")
    except DeskError as error:
        return refused(request, 409, str(error))
    return answer(request)


@never_cache
@require_POST
@needs(DECIDE)
def later(request: HttpRequest, id: UUID) -> HttpResponse:
    form = LaterForm(request.POST)
    if not form.is_valid():
        return refused(request, 400, _("Choose when it comes back: in up to a day."))
    if (told := between.passed(request.user, id)) is not None:
        return answer(request, told=told)
    until = timezone.now() + timedelta(minutes=form.cleaned_data["minutes"])
    try:
        actions.renew(request.user, [id])
        parked = actions.park(request.user, Submission(id=id), until, form.cleaned_data["note"])
    except DeskError as error:
        return refused(request, 409, str(error))
    return answer(request, receipt=_("Set aside until %(time)s UTC.") % {"time": f"{parked.until:%H:%M}"})


@never_cache
@require_POST
@needs(DECIDE)
def pass_on(request: HttpRequest, id: UUID) -> HttpResponse:
    form = PassForm(request.POST)
    if not form.is_valid():
        return refused(request, 400, _("Choose a queue to pass it on to."))
    if (told := between.passed(request.user, id)) is not None:
        return answer(request, told=told)
    said = form.cleaned_data
    try:
        actions.renew(request.user, [id])
        made = actions.escalate(request.user, Submission(id=id), said["queue"], said["note"], said["receipt"])
    except DeskError as error:
        return refused(request, 409, str(error))
    name = Queue.objects.filter(slug=made.to_queue).values_list("name", flat=True).first() or made.to_queue
    says = _("Passed on to %(queue)s. Receipt %(receipt)s.") % {"queue": name, "receipt": made.receipt}
    return answer(request, receipt=says)


@never_cache
@require_POST
@needs(DECIDE)
def hide(request: HttpRequest, id: UUID) -> HttpResponse:
    """Suspected illegal. `sure` says that it was asked for twice."""
    if not request.POST.get("sure"):
        says = _("Say that you are sure: it is hidden from everybody, and cannot be brought back here.")
        return refused(request, 400, says)
    try:
        case = restrict(request.user, Submission(id=id))
    except DeskError as error:
        return refused(request, 409, str(error))
    says = _("Hidden from everybody. Case %s: custodians see to it that it is preserved.") % case.number
    return answer(request, receipt=says)
