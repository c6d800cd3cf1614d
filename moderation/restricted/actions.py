"""What can happen to what is suspected to be illegal: hidden at once (hide), preserved (preserving.py), reported, and
destroyed when its hold is over. How it is opened: opening.py."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import structlog
from django.conf import settings
from django.db import transaction
from django.utils import timezone
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from brickmod.access.audit import record
from brickmod.access.models import Verb
from brickmod.celery import app as celery
from brickmod.outbox.actions import emit
from brickmod.outbox.actions import forget as forget_events
from brickmod.outbox.models import EventType
from moderation.feedback.texts import feedback_for, reasons_for
from moderation.intake.actions import ask_to_scrub, finish_erasure
from moderation.intake.models import DecidedBy, ErasureReceipt, State, Submission
from moderation.intake.public import public
from moderation.restricted import vault
from moderation.restricted.models import Case

log = structlog.get_logger(__name__)
# What the app is told, and so perhaps who sent it: that it is not published, and nothing of why.
NEUTRAL = "other"


class NotDone(Exception):
    """Nothing was changed; the text says why, for a person."""


@transaction.atomic
def hide(row: Submission, user: Any, was: dict[str, Any] | None = None) -> Case:
    """Hide a submission from everybody, at once. `row` is locked by who calls, and not withdrawn.

    It is withdrawn, which every page, query and address already passes over, and held, so that no erasure takes it.
    What was told of it is forgotten; the app hears that it is rejected, in the words that a rejection without a
    reason has. What follows (preserving.py) is a task, and begins when this has been committed.
    """
    now = timezone.now()
    told = {
        "decided_by": DecidedBy.MODERATOR,
        "decided_at": now,
        "answer_at": now,
        "reasons": reasons_for([NEUTRAL], row.language, row.market),
        "feedback": feedback_for([NEUTRAL], row.language, row.market),
        "held": True,
        "audit": False,
    }
    before = {
        "state": row.state,
        "decided_by": row.decided_by,
        "decided_at": row.decided_at.isoformat() if row.decided_at else None,
        "reasons": row.reasons,
        "feedback": row.feedback,
        **(was or {}),
    }
    if not Submission.objects.move(row.id, row.state, State.WITHDRAWN, **told):
        raise NotDone("It has changed meanwhile. Look again.")
    for name, value in told.items():
        setattr(row, name, value)
    row.state = State.WITHDRAWN
    case = Case.objects.create(
        submission=row,
        app=row.app,
        external_id=row.external_id,
        made_at=now,
        made_by=user,
        due_at=now + timedelta(hours=settings.REPORT_HOURS),
        hold_until=now + timedelta(days=settings.HOLD_DAYS),
        was=before,
    )
    forget_events(row.id)
    emit(row.app, EventType.DECIDED, f"decided:{case.id}", row.id, public(row, at=now))
    record(Verb.RESTRICT, "restricted", case.id, user=user, new={"state": before["state"]})
    transaction.on_commit(lambda: announce(case.id))
    return case


def announce(id: UUID) -> None:
    """Preserve it now. If the broker is away, the schedule comes by within half a minute."""
    try:
        celery.send_task("moderation.restricted.preserve", [str(id)], queue="chores")
    except (OperationalError, RedisError, OSError) as error:
        log.warning("restricted.not_announced", error=type(error).__name__)


@transaction.atomic
def report(user: Any, case: Case, receipt: str, to: str) -> Case:
    """Enter the receipt of the report that was made; the case is no longer open. The first one counts: the same again
    changes nothing. Raises NotDone."""
    receipt, to = receipt.strip(), to.strip()
    if not receipt or not to:
        raise NotDone("Enter to whom it was reported, and the number of the receipt.")
    row = Case.objects.select_for_update(of=("self",)).get(id=case.id)
    if row.receipt:
        if (row.receipt, row.reported_to) != (receipt, to):
            raise NotDone(f"A receipt was entered before: {row.receipt}.")
        return row
    row.receipt, row.reported_to = receipt[:100], to[:100]
    row.reported_at, row.reported_by = timezone.now(), user
    row.save(update_fields=["receipt", "reported_to", "reported_at", "reported_by"])
    record(Verb.REPORT, "restricted", row.id, user=user, new={"to": row.reported_to, "receipt": row.receipt})
    return row


@transaction.atomic
def prolong(user: Any, case: Case, days: int) -> Case:
    """Keep it longer: an authority asked. A hold is never made shorter. Raises NotDone."""
    row = Case.objects.select_for_update(of=("self",)).get(id=case.id)
    if row.destroyed_at:
        raise NotDone("It is destroyed.")
    if not 1 <= days <= 3650:
        raise NotDone("Between a day and ten years.")
    old, row.hold_until = row.hold_until, row.hold_until + timedelta(days=days)
    row.save(update_fields=["hold_until"])
    told = {"hold_until": row.hold_until.isoformat()}
    record(Verb.PRESERVE, "restricted", row.id, user=user, old={"hold_until": old.isoformat()}, new=told)
    return row


def destroy(case: Case) -> bool:
    """The hold is over: key, files and record go, and what was left of the submission. False: it is not time.

    1. The key: from then on nothing opens, whatever happens next. 2. The files. 3. The record, the husk and the note
    in the trail. Each can be done again; a crash between leaves what nobody can read, and the next round ends it.
    """
    with transaction.atomic():
        row = Case.objects.to_destroy(timezone.now()).select_for_update(of=("self",)).filter(id=case.id).first()
        if row is None:
            return False
        vault.destroy_key(row.id)
        for file in row.files:
            vault.remove(file["sealed"])
        row.record, row.was, row.files, row.destroyed_at = None, {}, [], timezone.now()
        row.save(update_fields=["record", "was", "files", "destroyed_at"])
        husk = row.submission
        if husk is not None:
            forget_events(husk.id)
            Submission.objects.filter(id=husk.id, held=True).update(held=False)
            finish_erasure(husk)
            receipt = ErasureReceipt.objects.create(app=row.app, counts={"submissions": 1})
            Case.objects.filter(id=row.id).update(traces=receipt)
        record(Verb.DESTROY, "restricted", row.id, new={"hold_until": row.hold_until.isoformat()})
        transaction.on_commit(ask_to_scrub)
    return True
