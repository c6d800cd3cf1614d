"""What people do with what waits. One function a verb, one transaction a function: claim_next, renew and release
(written in claims.py), skip, park and escalate (passing.py), reverse (reversing.py), decide and undo."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from brickmod.access.audit import record
from brickmod.access.models import Verb
from brickmod.house.rules import undo_seconds
from brickmod.outbox.actions import cancel, emit
from brickmod.outbox.models import EventType
from brickmod.web.metrics import ANSWER_SECONDS, DECISION_SECONDS, SUBMISSIONS
from featurestore.models import Source
from moderation.authors.actions import strike, unstrike
from moderation.desk import marked
from moderation.desk.claims import DECIDED, claim_next, give_back, held, locked, release, renew
from moderation.desk.errors import BadMark, BadPlace, BadReason, NotYours, TooLate
from moderation.desk.marked import Mark
from moderation.desk.models import Claim, Decision, Outcome, Park
from moderation.desk.passing import escalate, park, skip
from moderation.feedback.models import Reason
from moderation.feedback.texts import current_policy, feedback_for, reasons_for
from moderation.intake.models import DecidedBy, State, Submission
from moderation.intake.public import public
from moderation.prefilter.learned import teach, unteach

__all__ = [
    "BadMark",
    "BadPlace",
    "BadReason",
    "Mark",
    "NotYours",
    "TooLate",
    "claim_next",
    "decide",
    "escalate",
    "park",
    "release",
    "renew",
    "skip",
    "undo",
    "write",
]

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
    marks: Iterable[Mark] = (),
    first: str = "",
    name_pictures: bool = False,
) -> Decision:
    """Approve or reject. `id` is the decision's id, made by who asks: the same one again (the answer to the first
    request was lost) returns the first decision and changes nothing.

    `marks` say which parts are meant, and where; their reasons count with `reasons`. What the child reads can be
    shaped within its templates: which reason is told `first`, and whether the marked pictures are named.

    1. The submission's row is locked, the claim checked. 2. The state moves by compare-and-set; reasons and feedback
    are kept as they read today. 3. Decision, trail, event for the app and labels are written: all or nothing. The app
    hears of it when it can no longer be undone.
    Raises NotYours, BadReason, BadMark.
    """
    outcome = Outcome(outcome)
    row = locked(user, submission.id)
    if id is not None and (before := Decision.objects.filter(id=id).first()):
        return _again(before, user, row, outcome)
    held(user, row)
    now = timezone.now()
    decision = Decision(id=id or uuid4(), submission=row, moderator=user, outcome=outcome, note=note, decided_at=now)
    decision.shown_at = _believable(shown_at, row, now)
    answer_at = now + timedelta(seconds=undo_seconds() + 1)
    write(row, decision, reasons, answer_at, marks, first, name_pictures)
    Claim.objects.filter(submission=row).delete()
    Park.objects.end(row, now)
    record(
        Verb.DECIDE,
        "submission",
        row.trail,
        user=user,
        old={"state": State.QUEUED},
        new={"state": row.state, "reasons": decision.reasons, "policy": decision.policy},
    )
    transaction.on_commit(lambda: _count(decision, row))
    return decision


def write(
    row: Submission,
    decision: Decision,
    reasons: Sequence[str],
    answer_at: datetime,
    marks: Iterable[Mark] = (),
    first: str = "",
    name_pictures: bool = False,
) -> None:
    """What every decision of a person writes, in the caller's transaction, on a row that waits and is locked: the new
    state, the decision with its marks, the event for the app at `answer_at`, the labels.
    Raises NotYours, BadReason, BadMark."""
    parts = list(row.parts.all())
    marks = marked.checked(marks, parts)
    codes = _codes(decision.outcome, [*reasons, *marked.reasons_of(marks)], row.market)
    numbers = marked.picture_numbers(marks, parts) if name_pictures else []
    row.decided_by, row.decided_at, row.answer_at = DecidedBy.MODERATOR, decision.decided_at, answer_at
    row.reasons = reasons_for(codes, row.language, row.market)
    row.feedback = feedback_for(codes, row.language, row.market, first, numbers)
    fields = {name: getattr(row, name) for name in ("decided_by", "decided_at", "answer_at", "reasons", "feedback")}
    row.state = STATES[decision.outcome]
    if not Submission.objects.move(row.id, State.QUEUED, row.state, **fields):
        raise NotYours(_(DECIDED))
    decision.reasons, decision.policy = codes, current_policy()
    decision.save(force_insert=True)
    marked.keep(decision, marks, codes)
    emit(row.app, EventType.DECIDED, _key(decision), row.id, public(row, at=answer_at), not_before=answer_at)
    meant, fine = marked.meant(marks, codes), marked.fine(marks)
    teach(row, decision.outcome, codes, decision.policy, source_of(row), meant, fine)
    if decision.outcome == Outcome.REJECT:
        strike(row, decision.id, codes, decision.policy, decision.moderator, counts_from=answer_at)


@transaction.atomic
def undo(user: Any, decision: Decision, until: datetime | None = None, together: UUID | None = None) -> None:
    """Take a decision back, as if it had not been made; it is on this person's screen again: the desk, or the grid
    `together`. Who held the answer for longer than the desk does says `until` when it can be undone.

    The event's cancellation is a compare-and-set against its delivery: the app hears of the decision, or it is
    undone, never both. Raises TooLate, and NotYours for somebody else's decision.
    """
    row = locked(user, decision.submission_id)
    decision.refresh_from_db()
    if decision.moderator_id != user.id:
        raise NotYours(_("Only who decided it can undo it."))
    if decision.undone_at is not None:
        return
    if decision.reversed_at is not None or decision.reverses_id is not None:
        raise TooLate(_("A reversal is not undone: reverse it again."))
    if decision.on_appeal:
        raise TooLate(_("It can no longer be undone: it was decided on an appeal."))
    now = timezone.now()
    end = until or decision.decided_at + timedelta(seconds=undo_seconds())
    if now >= end or not cancel(_key(decision)):
        raise TooLate(_("It can no longer be undone: the answer is on its way to the app."))
    back: dict[str, Any] = {"decided_by": None, "reasons": [], "feedback": "", "decided_at": None, "answer_at": None}
    state = STATES[decision.outcome]
    # First the decision ends: while it stands, the database lets nobody move the submission.
    Decision.objects.filter(id=decision.id, undone_at=None).update(undone_at=now, undone_by=user)
    if not Submission.objects.move(row.id, state, State.QUEUED, **back):
        raise TooLate(_("It can no longer be undone: it has changed since."))
    decision.undone_at, decision.undone_by = now, user
    unteach(row, source_of(row))
    unstrike(decision.id)
    give_back(user, row, now, together)
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
        raise NotYours(_("This decision was already sent, for something else. Reload the page."))
    return first


def _codes(outcome: str, reasons: Sequence[str], market: str) -> list[str]:
    """Each code once, in the order given."""
    codes = list(dict.fromkeys(reasons))
    if outcome == Outcome.APPROVE:
        if codes:
            raise BadReason(_("An approval has no reasons."))
        return []
    if not codes:
        raise BadReason(_("Choose why it is rejected."))
    unknown = set(codes) - set(Reason.objects.offered(market).filter(code__in=codes).values_list("code", flat=True))
    if unknown:
        raise BadReason(_("There is no such reason: %(codes)s.") % {"codes": ", ".join(sorted(unknown))})
    return codes


def _believable(shown_at: datetime | None, row: Submission, now: datetime) -> datetime | None:
    """When it came on the screen, as the browser says; None when its clock cannot be right."""
    return shown_at if shown_at and row.received_at <= shown_at <= now else None


def _key(decision: Decision) -> str:
    return f"decided:{decision.id}"


def source_of(row: Submission) -> str:
    return Source.AUDIT if row.audit else Source.MODERATOR


def _count(decision: Decision, row: Submission) -> None:
    SUBMISSIONS.labels(status=row.state).inc()
    ANSWER_SECONDS.labels(decided_by=DecidedBy.MODERATOR).observe(
        (decision.decided_at - row.received_at).total_seconds()
    )
    if decision.shown_at:
        on_screen = (decision.decided_at - decision.shown_at).total_seconds()
        DECISION_SECONDS.labels(outcome=decision.outcome).observe(on_screen)
