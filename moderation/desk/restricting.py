"""The one key for what is suspected to be illegal: gone from the desk at once, for everybody."""

from typing import Any
from uuid import UUID

from django.db import transaction

from moderation.desk.claims import locked
from moderation.desk.door import DECIDE, may
from moderation.desk.errors import NotYours
from moderation.desk.models import Claim, Decision, Escalation, Park
from moderation.intake.models import Submission
from moderation.restricted.actions import NotDone, hide
from moderation.restricted.models import Case

GONE = "It is not there any more: somebody else hid it, or it was withdrawn."


@transaction.atomic
def restrict(user: Any, submission: Submission) -> Case:
    """Hide it from everybody, whoever holds it and whatever was decided. Returns the case, which is the receipt.

    The row is locked first: a decision that is made in the same moment comes before, and is hidden with it, or after,
    and finds that it is gone. Asked again by the same person (the answer was lost), it returns the first case.
    Raises NotYours, and PermissionDenied for who may not decide.
    """
    may(user, DECIDE)
    if (before := _mine(user, submission.id)) is not None:
        return before
    try:
        row = locked(user, submission.id)
    except NotYours:
        if (before := _mine(user, submission.id)) is not None:
            return before
        raise NotYours(GONE) from None
    try:
        case = hide(row, user)
    except NotDone as error:
        raise NotYours(str(error)) from None
    Claim.objects.filter(submission=row).delete()
    Park.objects.filter(submission=row).delete()
    return case


def tell(submission: Submission) -> dict[str, Any]:
    """What people decided of it and said to each other, for the case's record."""
    decisions = Decision.objects.filter(submission=submission).select_related("moderator")
    passed = Escalation.objects.filter(submission=submission).select_related("moderator")
    return {
        "decisions": [
            {
                "by": one.moderator.get_username(),
                "at": one.decided_at.isoformat(),
                "outcome": one.outcome,
                "reasons": one.reasons,
                "note": one.note,
                "stands": one.undone_at is None and one.reversed_at is None,
            }
            for one in decisions
        ],
        "passed_on": [
            {"by": one.moderator.get_username(), "at": one.at.isoformat(), "to": one.to_queue, "note": one.note}
            for one in passed
        ],
    }


def _mine(user: Any, id: UUID) -> Case | None:
    return Case.objects.filter(submission_id=id, made_by_id=user.pk).first()
