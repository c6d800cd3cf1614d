"""What people do with what waits. One function a verb, one transaction a function: claim_next, renew, release and skip
(written in claims.py), decide and undo."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from brickmod.access.audit import record
from brickmod.access.models import Verb
from brickmod.outbox.actions import cancel, emit
from brickmod.outbox.models import EventType
from brickmod.web.metrics import ANSWER_SECONDS, DECISION_SECONDS, SUBMISSIONS
from featurestore.models import Source
from moderation.authors.actions import strike, unstrike
from moderation.desk.claims import DECIDED, claim_next, give_back, held, locked, release, renew, skip
from moderation.desk.errors import BadReason, NotYours, TooLate
from moderation.desk.models import Claim, Decision, Outcome
from moderation.feedback.models import Reason
from moderation.feedback.texts import current_policy, feedback_for, reasons_for
from moderation.intake.models import DecidedBy, State, Submission
from moderation.intake.public import public
from moderation.prefilter.learned import teach, unteach

__all__ = ["BadReason", "NotYours", "TooLate", "claim_next", "decide", "release", "renew", "skip", "undo"]

STATES: dict[str, str] = {Outcome.APPROVE: State.APPROVED, Outcome.REJECT: State.REJECTED}


@transaction.atomic
def decide(
    user: Any,
    submission: Submission,
    outcome: str,
    reasons: Sequence[str] = (),
    note: str = "",
    shown_at: datetime | None = None,
    id: UUID | None = None,
) -> Decision:
    """Approve or reject. `id` is the decision's id, made by who asks: the same one again (the answer to the first
    request was lost) returns the first decision and changes nothing.

    1. The submission's row is locked, the claim checked. 2. The state moves by compare-and-set; reasons and feedback
    are kept as they read today. 3. Decision, trail, event for the app and labels are written: all or nothing. The app
    hears of it when it can no longer be undone.
    Raises NotYours, BadReason.
    """
    outcome = Outcome(outcome)
    row = locked(user, submission.id)
    if id is not None and (first := Decision.objects.filter(id=id).first()):
        return _again(first, user, row, outcome)
    codes = _codes(outcome, reasons)
    held(user, row)
    now = timezone.now()
    policy = current_policy()
    fields: dict[str, Any] = {
        "decided_by": DecidedBy.MODERATOR,
        "reasons": reasons_for(codes, row.language, row.market),
        "feedback": feedback_for(codes, row.language, row.market),
        "decided_at": now,
        "answer_at": now + timedelta(seconds=settings.UNDO_SECONDS + 1),
    }
    if not Submission.objects.move(row.id, State.QUEUED, STATES[outcome], **fields):
        raise NotYours(DECIDED)
    for name, value in (fields | {"state": STATES[outcome]}).items():
        setattr(row, name, value)
    decision = Decision.objects.create(
        id=id or uuid4(),
        submission=row,
        moderator=user,
        outcome=outcome,
        reasons=codes,
        policy=policy,
        note=note,
        shown_at=_believable(shown_at, row, now),
        decided_at=now,
    )
    Claim.objects.filter(submission=row).delete()
    record(
        Verb.DECIDE,
        "submission",
        row.trail,
        user=user,
        old={"state": State.QUEUED},
        new={"state": row.state, "reasons": codes, "policy": policy},
    )
    data = public(row, at=row.answer_at)
    emit(row.app, EventType.DECIDED, _key(decision), row.id, data, not_before=row.answer_at)
    teach(row, outcome, codes, policy, _source(row))
    if outcome == Outcome.REJECT:
        strike(row, decision.id, codes, policy, user, counts_from=fields["answer_at"])
    transaction.on_commit(lambda: _count(decision, row))
    return decision


@transaction.atomic
def undo(user: Any, decision: Decision) -> None:
    """Take a decision back, as if it had not been made; it is on this person's screen again.

    The event's cancellation is a compare-and-set against its delivery: the app hears of the decision, or it is
    undone, never both. Raises TooLate, and NotYours for somebody else's decision.
    """
    row = locked(user, decision.submission_id)
    decision.refresh_from_db()
    if decision.moderator_id != user.id:
        raise NotYours("Only who decided it can undo it.")
    if decision.undone_at is not None:
        return
    now = timezone.now()
    if now >= decision.decided_at + timedelta(seconds=settings.UNDO_SECONDS) or not cancel(_key(decision)):
        raise TooLate("It can no longer be undone: the answer is on its way to the app.")
    back: dict[str, Any] = {"decided_by": None, "reasons": [], "feedback": "", "decided_at": None, "answer_at": None}
    state = STATES[decision.outcome]
    if not Submission.objects.move(row.id, state, State.QUEUED, **back):
        raise TooLate("It can no longer be undone: it has changed since.")
    Decision.objects.filter(id=decision.id, undone_at=None).update(undone_at=now)
    decision.undone_at = now
    unteach(row, _source(row))
    unstrike(decision.id)
    give_back(user, row, now)
    record(
        Verb.UNDO,
        "submission",
        row.trail,
        user=user,
        old={"state": state},
        new={"state": State.QUEUED},
    )


def _again(first: Decision, user: Any, row: Submission, outcome: str) -> Decision:
    if first.moderator_id != user.id or first.submission_id != row.id or first.outcome != outcome:
        raise NotYours("This decision was already sent, for something else. Reload the page.")
    return first


def _codes(outcome: str, reasons: Sequence[str]) -> list[str]:
    """Each code once, in the order given."""
    codes = list(dict.fromkeys(reasons))
    if outcome == Outcome.APPROVE:
        if codes:
            raise BadReason("An approval has no reasons.")
        return []
    if not codes:
        raise BadReason("Choose why it is rejected.")
    unknown = set(codes) - set(Reason.objects.offered().filter(code__in=codes).values_list("code", flat=True))
    if unknown:
        raise BadReason(f"There is no such reason: {', '.join(sorted(unknown))}.")
    return codes


def _believable(shown_at: datetime | None, row: Submission, now: datetime) -> datetime | None:
    """When it came on the screen, as the browser says; None when its clock cannot be right."""
    return shown_at if shown_at and row.received_at <= shown_at <= now else None


def _key(decision: Decision) -> str:
    return f"decided:{decision.id}"


def _source(row: Submission) -> str:
    return Source.AUDIT if row.audit else Source.MODERATOR


def _count(decision: Decision, row: Submission) -> None:
    SUBMISSIONS.labels(status=row.state).inc()
    ANSWER_SECONDS.labels(decided_by=DecidedBy.MODERATOR).observe(
        (decision.decided_at - row.received_at).total_seconds()
    )
    if decision.shown_at:
        on_screen = (decision.decided_at - decision.shown_at).total_seconds()
        DECISION_SECONDS.labels(outcome=decision.outcome).observe(on_screen)
