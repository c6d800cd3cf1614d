"""A sample of decisions is decided on by a second person: blind, and afterwards.

Afterwards, because it measures and does not gate: no child waits for it. Blind, because what the first one said, and
what the models did, would lead the second one. It changes no decision: what two people see differently comes to a
lead, who may reverse it as any decision is reversed, or leave it.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.crypto import salted_hmac

from brickmod.access.audit import record
from brickmod.access.models import Verb
from featurestore.models import Source
from moderation.agreement.models import STATES, DrawnUntil, SecondLook, SecondLookQuerySet, Settled
from moderation.agreement.rights import LEAD
from moderation.agreement.sparing import spare
from moderation.desk.door import DECIDE, may, submission_for
from moderation.desk.errors import BadReason, DeskError
from moderation.desk.lanes import hidden_from
from moderation.desk.models import Decision, Outcome
from moderation.desk.reversing import reverse
from moderation.feedback.models import Reason
from moderation.feedback.texts import current_policy
from moderation.intake.models import Submission
from moderation.prefilter.learned import teach, unteach
from moderation.queues.routing import primary

OPEN = timedelta(days=3)  # so long it can be answered; labels are left only while the links live
LEASE = timedelta(minutes=10)  # so long nobody else is given it
TRIED = 40  # so many of the next are considered for a person
OVERLAP = timedelta(minutes=2)  # a decision may be committed that much after its own time
AT_MOST = 20_000  # decisions looked through at once


class NotThere(DeskError):
    """Nothing was changed: it is answered or settled, somebody else has it, or it is one's own."""


def number(decision: UUID) -> float:
    """In 0..1, the same whenever it is asked for, and foreseen by nobody."""
    digest = salted_hmac("second decision", str(decision), algorithm="sha256").digest()
    return int.from_bytes(digest[:8], "big") / 2**64


@transaction.atomic
def draw(now: datetime | None = None, chance: float | None = None) -> int:
    """Look through what was decided since the last time and can no longer be undone, and draw. Safe to run twice, and
    beside itself. `chance`: another than the setting says. Returns how many were drawn."""
    now = now or timezone.now()
    until = now - timedelta(seconds=settings.UNDO_SECONDS + 1)
    row, _ = DrawnUntil.objects.select_for_update().get_or_create(id=1, defaults={"at": now - OPEN})
    rows = Decision.objects.standing().filter(decided_at__gt=row.at - OVERLAP, decided_at__lte=until)
    rows = (
        rows.filter(on_appeal=False, reverses=None, second_look=None)
        .order_by("decided_at")
        .select_related("submission")
    )
    found = list(rows[:AT_MOST])
    chance = settings.SECOND_DECISION_PERCENT / 100 if chance is None else chance
    drawn = [(one, number(one.id)) for one in found]
    made = SecondLook.objects.bulk_create(
        [
            SecondLook(
                submission=one.submission,
                decision=one,
                first_by_id=one.moderator_id,
                first_outcome=one.outcome,
                first_reasons=one.reasons,
                chance=chance,
                place=n / chance,
                drawn_at=now,
            )
            for one, n in drawn
            if n < chance and one.submission.state == STATES[one.outcome]
        ],
        ignore_conflicts=True,
    )
    row.at = found[-1].decided_at if len(found) == AT_MOST else until
    row.save(update_fields=["at"])
    return len(made)


def open_for(user: Any, now: datetime | None = None) -> SecondLookQuerySet:
    rows = SecondLook.objects.open_for(user, (now or timezone.now()) - OPEN)
    hidden = hidden_from(user)
    return rows.exclude(submission__queue__in=hidden) if hidden else rows


def take(user: Any, besides: Collection[UUID] = ()) -> SecondLook | None:
    """What this person holds, or the next that nobody does; `besides` are those that they passed on. None: none left.

    Among the next, those in languages that this person reads come first. One conditional UPDATE each takes the lease.
    """
    may(user, DECIDE)
    now = timezone.now()
    rows = spare(open_for(user, now).exclude(id__in=besides), user, now)
    free = Q(held_until=None) | Q(held_until__lt=now) | Q(held_by=user)
    held = rows.filter(held_by=user, held_until__gte=now).values_list("id", flat=True)
    mine = {str(tag).lower() for tag in user.languages}
    ahead = list(rows.filter(free).values_list("id", "submission__language")[:TRIED])
    ahead.sort(key=lambda row: bool(mine) and primary(row[1]) not in mine)  # stable: random order within
    for id in (*held[:1], *(id for id, _ in ahead)):
        if SecondLook.objects.filter(free, id=id, outcome="").update(held_by=user, held_until=now + LEASE):
            return SecondLook.objects.get(id=id)
    return None


def pass_on(user: Any, id: UUID) -> None:
    """Somebody else may have it."""
    may(user, DECIDE)
    SecondLook.objects.filter(id=id, held_by=user, outcome="").update(held_by=None, held_until=None)


@transaction.atomic
def answer(user: Any, id: UUID, outcome: str, reasons: list[str]) -> SecondLook:
    """What the second person says. The same answer again, by the same person, changes nothing.

    The submission, its decision and what the child was told stay as they are; labels of the source "second look" are
    left while the links live. Raises NotThere, BadReason.
    """
    outcome, codes = checked(outcome, reasons)
    known = SecondLook.objects.filter(id=id).first()
    if known is None:
        raise NotThere("This one is not there any more.")
    row = _locked(user, known)
    look = SecondLook.objects.select_for_update().get(id=id)
    now = timezone.now()
    if look.outcome:
        if (look.outcome, look.reasons, look.answered_by_id) == (outcome, codes, user.pk):
            return look
        raise NotThere("Somebody else has answered this one.")
    if look.first_by_id == user.pk:
        raise NotThere("It was you who decided on it.")
    if look.held_by_id not in (None, user.pk) and look.held_until and look.held_until > now:
        raise NotThere("Somebody else is looking at this one.")
    look.outcome, look.reasons, look.answered_by, look.answered_at = outcome, codes, user, now
    look.held_by = look.held_until = None
    look.differs = differ(look.first_outcome, look.first_reasons, outcome, codes)
    look.labels = teach(row, outcome, codes, current_policy(), Source.SECOND_LOOK)
    look.save()
    record(Verb.SECOND_LOOK, "submission", row.trail, user=user, new={"outcome": outcome, "reasons": codes})
    return look


@transaction.atomic
def settle(user: Any, id: UUID, settled: str, note: str) -> SecondLook:
    """A third person says who was right. When that is the second one, and the outcomes differ, the decision is
    reversed as any is, and the app told; otherwise nothing of it changes. Either way the label "second look" says
    afterwards what was settled. Raises NotThere, and what `reverse` does."""
    may(user, LEAD)
    settled = Settled(settled)
    if not note.strip():
        raise BadReason("Say why.")
    known = SecondLook.objects.filter(id=id).first()
    if known is None:
        raise NotThere("This one is not there any more.")
    row = _locked(user, known)
    look = SecondLook.objects.select_for_update(of=("self",)).select_related("decision").get(id=id)
    if look.settled or not look.differs:
        raise NotThere("There is nothing to settle any more.")
    if user.pk in (look.first_by_id, look.answered_by_id):
        raise NotThere("You are one of the two: somebody else settles it.")
    if settled == Settled.SECOND and look.outcomes_differ:
        reverse(user, look.decision, look.reasons, f"Second look: {note.strip()}")
    if settled == Settled.FIRST:
        unteach(row, Source.SECOND_LOOK)
        teach(row, look.first_outcome, look.first_reasons, current_policy(), Source.SECOND_LOOK)
    look.settled, look.settled_by, look.settled_at, look.note = settled, user, timezone.now(), note.strip()
    look.save(update_fields=["settled", "settled_by", "settled_at", "note"])
    record(Verb.SECOND_LOOK, "submission", row.trail, user=user, new={"settled": settled})
    return look


def differ(first: str, first_reasons: Collection[str], second: str, second_reasons: Collection[str]) -> bool:
    """Another outcome, or two rejections that have no reason in common."""
    return first != second or (first == Outcome.REJECT and not set(first_reasons) & set(second_reasons))


def checked(outcome: str, reasons: list[str]) -> tuple[str, list[str]]:
    """Raises BadReason for a rejection without a reason, an approval with one, and a reason that there is not."""
    if outcome not in Outcome.values or (outcome == Outcome.REJECT) != bool(reasons):
        raise BadReason("Choose: approve, or why it is rejected.")
    codes = list(dict.fromkeys(reasons))
    if Reason.objects.filter(code__in=codes).count() != len(codes):
        raise BadReason("There is no such reason.")
    return Outcome(outcome), codes


def _locked(user: Any, look: SecondLook) -> Submission:
    try:
        return submission_for(user, look.submission_id, DECIDE, lock=True)
    except Submission.DoesNotExist:
        raise NotThere("This one is not there any more: it was withdrawn.") from None
