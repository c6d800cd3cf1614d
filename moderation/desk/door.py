"""The one door to a submission for people: lookup and permission in one function."""

from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from moderation.intake.models import State, Submission
from moderation.queues.models import Queue

DECIDE = "desk.decide"
SEE = "desk.see_queue"
LEAD = "desk.lead"


def may(user: Any, permission: str) -> None:
    """Raises PermissionDenied when `user` lacks `permission`."""
    if not user.is_active or not user.has_perm(permission):
        raise PermissionDenied(_("Your role does not open this."))


def submission_for(user: Any, id: UUID, permission: str = DECIDE, lock: bool = False) -> Submission:
    """The submission `id`, for a person who has `permission`.

    With `lock` (in a transaction) nobody else changes it until the transaction ends: a row lock on PostgreSQL; on
    SQLite the transaction itself is the lock, since it began IMMEDIATE.
    Raises PermissionDenied, and Submission.DoesNotExist for what is erased, withdrawn, or in a queue for leads alone
    when this person is none.
    """
    may(user, permission)
    rows = Submission.objects.select_related("app").exclude(state=State.WITHDRAWN)
    if not user.has_perm(LEAD):
        rows = rows.exclude(queue__in=Queue.objects.filter(leads=True).values("slug"))
    if lock:
        rows = rows.select_for_update(of=("self",))
    return rows.get(id=id)
