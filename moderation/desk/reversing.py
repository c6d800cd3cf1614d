"""Correcting a decision of which the app has heard: a new decision that says what it reverses, and why."""

from typing import Any
from uuid import UUID, uuid4

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from brickmod.access.audit import record
from brickmod.access.models import Verb
from featurestore.models import Source
from moderation.authors.actions import withdraw_strike
from moderation.desk.actions import STATES, source_of, write
from moderation.desk.claims import locked
from moderation.desk.door import LEAD
from moderation.desk.errors import BadReason, NotYours, TooLate
from moderation.desk.models import Decision, Outcome
from moderation.intake.models import State, Submission
from moderation.prefilter.learned import unteach


def may_reverse(user: Any, decision: Decision) -> bool:
    """Who made it, and leads."""
    return bool(decision.moderator_id == user.pk or user.has_perm(LEAD))


@transaction.atomic
def reverse(
    user: Any, decision: Decision, reasons: tuple[str, ...] | list[str] = (), note: str = "", id: UUID | None = None
) -> Decision:
    """Say the opposite of a decision that stands: what was approved is rejected for `reasons`, what was rejected is
    approved. Returns the new decision; the app hears of it at once, and the labels say what is true now.

    `id` is made by who asks: the same one again returns the first and changes nothing. The note is not optional: who
    reads the trail must see why. Raises PermissionDenied, NotYours, TooLate, BadReason.
    """
    if id is not None and (before := Decision.objects.filter(id=id).first()):
        if before.reverses_id != decision.id or before.moderator_id != user.pk:
            raise NotYours(_("This was already sent, for something else. Reload the page."))
        return before
    row = locked(user, decision.submission_id)
    decision.refresh_from_db()
    if not may_reverse(user, decision):
        raise PermissionDenied(_("Only who decided it, or a lead, can reverse it."))
    if not note.strip():
        raise BadReason(_("Say why it is reversed."))
    if decision.undone_at is not None or decision.reversed_at is not None:
        raise TooLate(_("This decision does not stand any more. Reload the page."))
    now = timezone.now()
    if row.answer_at is not None and row.answer_at > now:
        raise TooLate(_("The app has not heard of it yet: undo it, or wait a moment."))
    old, outcome = row.state, Outcome.REJECT if decision.outcome == Outcome.APPROVE else Outcome.APPROVE
    # First the old one ends: while it stands, the database lets nobody move the submission.
    Decision.objects.filter(id=decision.id).update(reversed_at=now, reversed_by=user)
    if not Submission.objects.move(row.id, STATES[decision.outcome], State.QUEUED, decided_by=None):
        raise NotYours(_("It has changed since. Reload the page."))
    unteach(row, source_of(row))
    if decision.on_appeal:
        unteach(row, Source.APPEAL)  # it is stronger than what is said now
    withdraw_strike(decision.id, "the decision was reversed", user)
    made = Decision(
        id=id or uuid4(),
        submission=row,
        moderator=user,
        outcome=outcome,
        note=note.strip(),
        decided_at=now,
        reverses=decision,
    )
    write(row, made, reasons, answer_at=now)
    decision.reversed_at, decision.reversed_by = now, user
    record(
        Verb.REVERSE,
        "submission",
        row.trail,
        user=user,
        old={"state": old, "reasons": decision.reasons},
        new={"state": row.state, "reasons": made.reasons, "policy": made.policy},
    )
    return made
