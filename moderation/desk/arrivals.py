"""What a person decided and the app has not heard: it stays on their screen, with the reason, until it has."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from brickmod.outbox.models import Delivery, DeliveryState
from moderation.desk.models import Decision, Outcome
from moderation.restricted.models import Case

LOOK_BACK, AT_MOST = timedelta(hours=24), 500
STUCK = 2  # so many tries that failed: one may be chance


@dataclass(frozen=True)
class Unheard:
    submission: UUID | None  # None: there is no page of it any more
    what: str
    app: str
    why: str


def unheard(user: Any) -> list[Unheard]:
    """The answers of this person's decisions of the last day that did not arrive, and what they hid that is not
    preserved yet because a step failed. Three queries."""
    return _unheard(user) + [
        Unheard(None, f"Case {case.number}", "", f"Hidden, but not yet preserved. {case.problem}. Tried again")
        for case in Case.objects.unfinished().filter(made_by_id=user.pk).exclude(problem="")[:AT_MOST]
    ]


def _unheard(user: Any) -> list[Unheard]:
    since = timezone.now() - LOOK_BACK
    mine = {
        f"decided:{id}": (submission, outcome)
        for id, submission, outcome in Decision.objects.standing_of(user)
        .filter(decided_at__gt=since)
        .values_list("id", "submission_id", "outcome")[:AT_MOST]
    }
    if not mine:
        return []
    stuck = Delivery.objects.filter(event__key__in=list(mine)).exclude(state=DeliveryState.DELIVERED)
    found = []
    for delivery in stuck.filter(tries__gte=STUCK).select_related("event", "endpoint__app").order_by("id"):
        submission, outcome = mine[delivery.event.key]
        tries = ngettext("%(n)d try", "%(n)d tries", delivery.tries) % {"n": delivery.tries}
        goes_on = _("given up") if delivery.state == DeliveryState.DEAD else _("tried again")
        why = f"{delivery.last_error or _('no answer')}, {tries}, {goes_on}"
        found.append(Unheard(submission, str(Outcome(outcome).label), delivery.endpoint.app.name, why))
    return found
