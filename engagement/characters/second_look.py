"""A sample of what was decided is looked at by a second engager: blind, and afterwards.

Afterwards, because it measures and does not gate: of a hundred comments five are drawn, so holding those five back
would protect five children and tell no more. What it tells (how often a second person would not have said it, with an
interval) protects all. Blind, because who decided, and what, is not shown, and approved and dropped ones are drawn
alike.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Count, F, QuerySet
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from engagement.characters.models import Draft, Opinion, SecondLook
from engagement.characters.refusals import Gone
from featurestore.overview.intervals import Interval, share


@dataclass(frozen=True)
class Agreement:
    """Of those that two people looked at. `unsaid`: share of the approved that the second one would not have said."""

    looked: int
    agreed: int
    approved: int
    unsaid: Interval


def draw(draft: Draft, first: Opinion, ready_at: datetime) -> bool:
    """Is this one drawn? Then it waits for a second person (in the transaction of the decision). The draw is the same
    however often it is decided on, and nobody can foresee it."""
    number = int.from_bytes(salted_hmac("second look", str(draft.id), algorithm="sha256").digest()[:8], "big")
    if number % 10_000 >= settings.SECOND_LOOK_PERCENT * 100:
        return False
    SecondLook.objects.create(draft=draft, first=first, text=draft.text, ready_at=ready_at)
    return True


def forget(draft: Draft) -> None:
    """The decision was taken back."""
    SecondLook.objects.filter(draft=draft).delete()


def waiting_for(user: Any, now: datetime | None = None) -> QuerySet[SecondLook]:
    """What this person may look at: what others decided, and can take back no more."""
    return (
        SecondLook.objects.filter(second="", ready_at__lte=now or timezone.now())
        .exclude(draft__approved_by=user)
        .exclude(draft__dropped_by=user)
        .select_related("draft__creation", "draft__character")
    )


@transaction.atomic
def look(user: Any, draft_id: Any, opinion: Opinion, why: str = "", now: datetime | None = None) -> SecondLook:
    """This person would say it, or would not. Raises Gone: somebody else looked, or it is their own."""
    row = _locked(draft_id)
    if row.second:
        raise Gone(_("Somebody else was first."))
    if user.pk in (row.draft.approved_by_id, row.draft.dropped_by_id):
        raise Gone(_("It was you who decided on it."))
    row.second, row.why, row.by, row.at = opinion, " ".join(why.split())[:200], user, now or timezone.now()
    row.save(update_fields=["second", "why", "by", "at"])
    return row


def disagreements() -> QuerySet[SecondLook]:
    """What two people see differently and nobody has settled, oldest first."""
    rows = SecondLook.objects.exclude(second="").exclude(second=F("first")).filter(settled="")
    return rows.select_related("draft__creation", "draft__character", "draft__approved_by", "draft__dropped_by", "by")


@transaction.atomic
def settle(user: Any, draft_id: Any, opinion: Opinion) -> SecondLook:
    """A third person says what is right. Raises Gone: it is settled, or this person is one of the two."""
    row = _locked(draft_id)
    if not row.second or row.agrees or row.settled:
        raise Gone(_("There is nothing to settle any more."))
    if user.pk in (row.draft.approved_by_id, row.draft.dropped_by_id, row.by_id):
        raise Gone(_("You are one of the two; somebody else has to settle it."))
    row.settled, row.settled_by, row.settled_at = opinion, user, timezone.now()
    row.save(update_fields=["settled", "settled_by", "settled_at"])
    return row


def agreement(since: datetime) -> Agreement:
    counts = dict.fromkeys([(a, b) for a in Opinion.values for b in Opinion.values], 0)
    rows = SecondLook.objects.filter(at__gte=since).order_by().values_list("first", "second").annotate(n=Count("id"))
    counts |= {(first, second): n for first, second, n in rows}
    approved = counts["say", "say"] + counts["say", "drop"]
    agreed = counts["say", "say"] + counts["drop", "drop"]
    return Agreement(sum(counts.values()), agreed, approved, share(counts["say", "drop"], approved))


def _locked(draft_id: Any) -> SecondLook:
    row = SecondLook.objects.select_for_update(of=("self",)).select_related("draft").filter(draft=draft_id).first()
    if row is None:
        raise Gone(_("The creation was withdrawn."))
    return row
