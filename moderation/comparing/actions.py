"""What people do with rejections that were drawn to be looked at again: take one, say whether it was right.

Only the prefilter's rejections can be put back. What a person has decided, nothing here can reach.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from brickmod.access.audit import record
from brickmod.access.models import Verb
from featurestore.models import Source
from moderation.desk.door import may, submission_for
from moderation.desk.errors import DeskError
from moderation.feedback.texts import current_policy
from moderation.intake.models import DecidedBy, State, Submission
from moderation.prefilter.learned import deny, teach
from moderation.prefilter.models import Recheck, RecheckAnswer, RecheckQuerySet
from moderation.queues.due import rules
from moderation.queues.routing import primary

DECIDE = "desk.decide"
LEASE = timedelta(minutes=10)  # so long nobody else is given it
TRIED = 40  # so many of the next are considered for a person


class NotThere(DeskError):
    """Nothing was changed: it is answered, somebody else has it, or it is no rejection of the prefilter any more."""


def open_rechecks(now: datetime | None = None) -> RecheckQuerySet:
    """Those that an answer can still teach something: their links live."""
    return Recheck.objects.open((now or timezone.now()) - timedelta(hours=settings.LINK_HOURS))


def take(user: Any, besides: Collection[UUID] = ()) -> Recheck | None:
    """What this person holds, or the next that nobody does; `besides` are those that they passed on. None: none left.

    Among the next ones those in languages that this person reads come first. One conditional UPDATE each takes the
    lease: 1 row = theirs, 0 = somebody else was first.
    """
    may(user, DECIDE)
    now = timezone.now()
    rows = open_rechecks(now).exclude(submission_id__in=besides)
    free = Q(held_until=None) | Q(held_until__lt=now) | Q(held_by=user)
    held = rows.filter(held_by=user, held_until__gte=now).values_list("submission_id", flat=True)
    mine = {str(tag).lower() for tag in user.languages}
    ahead = list(rows.filter(free).values_list("submission_id", "submission__language")[:TRIED])
    ahead.sort(key=lambda row: bool(mine) and primary(row[1]) not in mine)  # stable: random order within
    for id in (*held[:1], *(id for id, _ in ahead)):
        if Recheck.objects.filter(free, submission_id=id, answer="").update(held_by=user, held_until=now + LEASE):
            return Recheck.objects.get(submission_id=id)
    return None


def pass_on(user: Any, id: UUID) -> None:
    """Somebody else may have it."""
    may(user, DECIDE)
    Recheck.objects.filter(submission_id=id, held_by=user, answer="").update(held_by=None, held_until=None)


@transaction.atomic
def answer(user: Any, id: UUID, said: str) -> Recheck:
    """Rightly rejected, or put back into the queue, where a person decides as on everything else.

    The same answer again, by the same person, changes nothing. What is learned from both: labels of the source "second
    look" for its features, and for the pairs of heads. Raises NotThere.
    """
    said = RecheckAnswer(said)
    try:
        row = submission_for(user, id, DECIDE, lock=True)
    except Submission.DoesNotExist:
        raise NotThere("This one is not there any more: it was withdrawn.") from None
    recheck = Recheck.objects.select_for_update().filter(submission=row).first()
    now = timezone.now()
    if recheck is None:
        raise NotThere("This one was not drawn to be looked at again.")
    if recheck.answer:
        if (recheck.answer, recheck.answered_by_id) == (said, user.id):
            return recheck
        raise NotThere("This one is answered already.")
    if recheck.held_by_id not in (None, user.id) and recheck.held_until and recheck.held_until > now:
        raise NotThere("Somebody else is looking at this one.")
    if (row.state, row.decided_by) != (State.REJECTED, DecidedBy.PREFILTER):
        raise NotThere("This one is no rejection of the prefilter any more.")
    codes = [str(reason["code"]) for reason in row.reasons]
    if said == RecheckAnswer.RIGHT:
        teach(row, "reject", codes, current_policy(), Source.SECOND_LOOK)
    else:
        deny(row, codes, current_policy(), Source.SECOND_LOOK)
        _put_back(row, now)
    recheck.answer, recheck.answered_by, recheck.answered_at = said, user, now
    recheck.held_by = recheck.held_until = None
    recheck.save()
    record(
        Verb.RECHECK,
        "submission",
        row.trail,
        user=user,
        old={"state": State.REJECTED, "reasons": codes},
        new={"state": State.REJECTED if said == RecheckAnswer.RIGHT else State.QUEUED},
    )
    return recheck


def _put_back(row: Submission, now: datetime) -> None:
    """The app hears no second "prefiltered"; asked, it is told "queued", and the decision reaches it as any other."""
    fields: dict[str, Any] = {
        "decided_by": None,
        "reasons": [],
        "feedback": "",
        "decided_at": None,
        "answer_at": None,
        "review_due_at": now + rules().of(row.app, row.market).time,
        "priority": 1,
    }
    mine = Submission.objects.filter(decided_by=DecidedBy.PREFILTER)
    if not mine.move(row.id, State.REJECTED, State.QUEUED, **fields):
        raise NotThere("This one is no rejection of the prefilter any more.")
