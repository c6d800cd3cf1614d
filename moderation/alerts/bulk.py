"""What a lead does with everything that waits of an alert: ordered in one moment, carried out one by one, undone.

Each upload is a transaction of its own, so that a process that dies loses nothing and a second one changes nothing:
the sweep goes on with what is not done. What a colleague has before them, or decided meanwhile, is left, and says so.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from brickmod.access.audit import record
from brickmod.access.models import Verb
from brickmod.house.rules import undo_seconds
from moderation.alerts.counts import members
from moderation.alerts.models import Alert, Bulk, BulkPart, Kind, PartState
from moderation.desk.actions import undo as undo_decision
from moderation.desk.actions import write
from moderation.desk.claims import locked, release
from moderation.desk.door import LEAD, may
from moderation.desk.errors import BadPlace, BadReason, DeskError, NotYours
from moderation.desk.models import Claim, Decision, Outcome, Park
from moderation.desk.queue import URGENT
from moderation.feedback.models import Reason
from moderation.intake.models import State, Submission
from moderation.queues.models import Queue

HELD = timedelta(minutes=10)  # the app hears of rejections so long after the order: until shortly before, all is undone
UNDO_UNTIL = HELD - timedelta(minutes=1)
MOST = 5000


def waiting(alert: Alert, until: datetime) -> QuerySet[Submission]:
    """Those of the alert that wait and had come by then: what was previewed is what is done."""
    return members(alert).filter(state=State.QUEUED, received_at__lte=until)


@transaction.atomic
def order(
    user: Any, alert: Alert, kind: str, why: str, until: datetime, queue: str = "", reasons: Sequence[str] = ()
) -> Bulk:
    """Order `kind` for all that waited at `until`. Raises PermissionDenied, BadReason, BadPlace."""
    may(user, LEAD)
    kind = Kind(kind)
    if not why.strip():
        raise BadReason(_("Say why, for colleagues."))
    codes = list(dict.fromkeys(reasons)) if kind == Kind.REJECT else []
    if kind == Kind.REJECT:
        if not codes:
            raise BadReason(_("Choose why they are rejected."))
        if Reason.objects.offered().filter(code__in=codes).count() != len(codes):
            raise BadReason(_("There is no such reason."))
    if kind == Kind.ASIDE and not Queue.objects.filter(slug=queue).exists():
        raise BadPlace(_("There is no such queue."))
    rows = list(waiting(alert, until).order_by("received_at").values_list("id", "priority", "queue")[:MOST])
    if not rows:
        raise NotYours(_("None of them waits any more."))
    bulk = Bulk.objects.create(
        alert=alert, kind=kind, by=user, why=why.strip(), queue=queue if kind == Kind.ASIDE else "", reasons=codes
    )
    BulkPart.objects.bulk_create(
        BulkPart(bulk=bulk, submission_id=id, old_priority=priority, old_queue=old) for id, priority, old in rows
    )
    record(Verb.ROUTE, "alert", alert.id, user=user, new={"bulk": str(bulk.id), "kind": kind, "uploads": len(rows)})
    return bulk


@transaction.atomic
def undo(user: Any, bulk: Bulk) -> None:
    """Order that all of it is taken back. Raises PermissionDenied, and NotYours when it is too late or not theirs."""
    may(user, LEAD)
    if bulk.by_id != user.pk:
        raise NotYours(_("Only who ordered it can undo it."))
    if timezone.now() > bulk.at + UNDO_UNTIL:
        raise NotYours(_("It can no longer be undone: the app has heard of it, or is about to."))
    if Bulk.objects.filter(id=bulk.id, undone_at=None).update(undone_at=timezone.now(), undone_by=user):
        record(Verb.ROUTE, "alert", bulk.alert_id, user=user, old={"bulk": str(bulk.id)}, new={"undone": True})


def carry_out(id: UUID) -> dict[str, int]:
    """Do, or take back, what is not done or taken back yet. Safe to run twice, also at once."""
    done = {"done": 0, "left": 0}
    bulk = Bulk.objects.select_related("by", "alert").get(id=id)
    for part in list(bulk.parts.filter(state=PartState.WAITS).values_list("id", flat=True)):
        done["done" if _one(bulk, part) else "left"] += 1
    if Bulk.objects.filter(id=id, undone_at__isnull=False).exists():
        for part in list(bulk.parts.filter(state=PartState.DONE).values_list("id", flat=True)):
            _back(bulk, part)
    return done


def unfinished() -> list[UUID]:
    waiting = Bulk.objects.filter(parts__state=PartState.WAITS)
    back = Bulk.objects.filter(parts__state=PartState.DONE, undone_at__isnull=False)
    return sorted({*waiting.values_list("id", flat=True), *back.values_list("id", flat=True)})


@transaction.atomic
def _one(bulk: Bulk, id: int) -> bool:
    part = BulkPart.objects.select_for_update(of=("self",)).filter(id=id, state=PartState.WAITS).first()
    if part is None:
        return False
    if Bulk.objects.filter(id=bulk.id, undone_at__isnull=False).exists():
        return _set(part, PartState.LEFT, "It was undone before its turn came.")
    try:
        with transaction.atomic():
            row = locked(bulk.by, part.submission_id)
            if row.state != State.QUEUED:
                raise NotYours(_("Somebody had decided it."))
            if Claim.objects.live().filter(submission=row).exclude(moderator=bulk.by).exists():
                raise NotYours(_("A colleague has it before them."))
            if bulk.kind == Kind.REJECT:
                part.decision = _reject(bulk, row)
            else:
                _move(bulk, row)
    except DeskError as error:
        return _set(part, PartState.LEFT, str(error))
    return _set(part, PartState.DONE, "")


def _set(part: BulkPart, state: str, says: str) -> bool:
    part.state, part.says = state, says[:200]
    part.save(update_fields=["state", "says", "decision"])
    return state in (PartState.DONE, PartState.UNDONE)


def _reject(bulk: Bulk, row: Submission) -> Decision:
    """A decision of who ordered it, as on the desk; the app hears of it when the whole can no longer be undone."""
    now = timezone.now()
    decision = Decision(submission=row, moderator=bulk.by, outcome=Outcome.REJECT, note=bulk.why, decided_at=now)
    write(row, decision, bulk.reasons, max(bulk.at + HELD, now + timedelta(seconds=undo_seconds() + 1)))
    Claim.objects.filter(submission=row).delete()
    Park.objects.end(row, now)
    new = {"state": row.state, "reasons": decision.reasons, "policy": decision.policy, "alert": str(bulk.alert_id)}
    record(Verb.DECIDE, "submission", row.trail, user=bulk.by, old={"state": State.QUEUED}, new=new)
    return decision


def _move(bulk: Bulk, row: Submission) -> None:
    old: dict[str, Any] = {"priority": row.priority} if bulk.kind == Kind.RAISE else {"queue": row.queue}
    new: dict[str, Any] = {"priority": URGENT} if bulk.kind == Kind.RAISE else {"queue": bulk.queue}
    Submission.objects.filter(id=row.id, state=State.QUEUED).update(**new)
    record(Verb.ROUTE, "submission", row.trail, user=bulk.by, old=old, new=new | {"alert": str(bulk.alert_id)})


@transaction.atomic
def _back(bulk: Bulk, id: int) -> None:
    part = BulkPart.objects.select_for_update(of=("self",)).select_related("decision").filter(id=id).first()
    if part is None or part.state != PartState.DONE:
        return
    try:
        with transaction.atomic():
            if bulk.kind == Kind.REJECT:
                if part.decision is None:
                    raise NotYours(_("It was erased."))
                undo_decision(bulk.by, part.decision, until=bulk.at + HELD)
                release(bulk.by, [part.submission_id])  # who undid hundreds does not have them before them
            else:
                _move_back(bulk, part)
    except DeskError as error:
        _set(part, PartState.STAYS, str(error))
    else:
        _set(part, PartState.UNDONE, "")


def _move_back(bulk: Bulk, part: BulkPart) -> None:
    row = locked(bulk.by, part.submission_id)
    mine = {"priority": URGENT} if bulk.kind == Kind.RAISE else {"queue": bulk.queue}
    was = {"priority": part.old_priority} if bulk.kind == Kind.RAISE else {"queue": part.old_queue}
    if not Submission.objects.filter(id=row.id, state=State.QUEUED, **mine).update(**was):
        raise NotYours(_("It was decided or moved meanwhile."))
    record(Verb.ROUTE, "submission", row.trail, user=bulk.by, old=mine, new=was | {"alert": str(bulk.alert_id)})
