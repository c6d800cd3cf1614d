"""Known cases: a lead keeps them, people meet them among what waits, and are told at once what they were.

An answer to one is a row here, and nothing else: no state moves, no event is written, nobody is taught or struck.
"""

import random
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from brickmod.access.audit import record
from brickmod.access.models import Verb
from moderation.agreement.calibration import month_of
from moderation.agreement.models import (
    CalibrationAnswer,
    CalibrationItem,
    KnownAnswer,
    KnownCase,
    SecondLook,
    Where,
)
from moderation.agreement.rights import LEAD
from moderation.agreement.second import checked
from moderation.agreement.sparing import spare
from moderation.care.exposure import dealt
from moderation.desk.door import SEE, may, submission_for
from moderation.desk.errors import BadReason
from moderation.desk.models import Outcome
from moderation.desk.queue import submissions
from moderation.desk.shown import Due, Shown, show
from moderation.feedback.models import Reason
from moderation.intake.models import State, Submission

AGAIN = timedelta(days=30)  # so long a person does not meet the same one again
OVER = timedelta(days=1)  # what was put before somebody and never answered is put away then
_chance = random.SystemRandom()  # nobody foresees when one comes


@transaction.atomic
def make(user: Any, submission: Submission, outcome: str, reasons: list[str], why: str) -> KnownCase:
    """A lead says what is right for something that is decided. The same submission again replaces what was said.
    Raises BadReason, and Submission.DoesNotExist for what is withdrawn."""
    may(user, LEAD)
    outcome, codes = checked(outcome, reasons)
    if not why.strip():
        raise BadReason("Say what can be seen in it: it is told to who answers.")
    row = submission_for(user, submission.id, SEE, lock=True)
    fits = {State.APPROVED: Outcome.APPROVE, State.REJECTED: Outcome.REJECT}.get(State(row.state))
    if fits != outcome or row.public_state() != row.state:
        raise BadReason("It must be decided so, and the app must have heard of it.")
    given = {"outcome": outcome, "reasons": codes, "why": why.strip()[:300], "made_by": user, "active": True}
    case, made = KnownCase.objects.update_or_create(submission=row, defaults=given)
    record(Verb.KNOWN, "known_case", case.pk, user=user, new={"outcome": outcome, "reasons": codes, "made": made})
    return case


@transaction.atomic
def switch(user: Any, case: KnownCase, on: bool) -> None:
    """In use, or not. Answers stay."""
    may(user, LEAD)
    if KnownCase.objects.filter(pk=case.pk).exclude(active=on).update(active=on):
        record(Verb.KNOWN, "known_case", case.pk, user=user, old={"active": not on}, new={"active": on})


def put(user: Any, where: Where, cases: Any, n: int = 1) -> list[KnownAnswer]:
    """Put up to `n` of `cases` before this person, drawn at random; never one that they met within AGAIN, made
    themselves, or decided on themselves."""
    now = timezone.now()
    met = KnownAnswer.objects.filter(person=user, put_at__gt=now - AGAIN).values("case_id")
    free = cases.exclude(pk__in=met).exclude(made_by=user).exclude(submission__decisions__moderator=user)
    free = spare(free, user, now)
    ids = list(free.values_list("pk", flat=True)[:500])
    made = []
    for id in _chance.sample(ids, min(n, len(ids))):
        try:
            with transaction.atomic():
                made.append(KnownAnswer.objects.create(case_id=id, person=user, where=where, put_at=now))
        except IntegrityError:  # in this person's other tab, at the same moment
            continue
    return made


@transaction.atomic
def answer(given: KnownAnswer, outcome: str, reasons: Sequence[str] | None, now: datetime | None = None) -> KnownAnswer:
    """The first answer counts. `reasons` None: none was asked for."""
    row = KnownAnswer.objects.select_for_update(of=("self",)).select_related("case").get(pk=given.pk)
    if row.closed_at is None:
        row.outcome, row.reasons, row.closed_at = Outcome(outcome), list(reasons or []), now or timezone.now()
        row.right = row.case.right(outcome, reasons)
        row.save(update_fields=["outcome", "reasons", "closed_at", "right"])
    return row


def close(given: KnownAnswer) -> None:
    """It was passed on, or never seen: it counts as nothing."""
    KnownAnswer.objects.filter(pk=given.pk, closed_at=None).update(closed_at=timezone.now())


def put_away(now: datetime | None = None) -> int:
    """What nobody answered within a day. Returns how many."""
    now = now or timezone.now()
    return KnownAnswer.objects.filter(closed_at=None, put_at__lt=now - OVER).update(closed_at=now)


def told(row: KnownAnswer) -> str:
    """What to say to who answered."""
    case = row.case
    reasons = ", ".join(one.name for one in Reason.objects.filter(code__in=case.reasons))
    if case.outcome == Outcome.APPROVE:
        right = _("Well seen. This was a known case, and can be published. Nobody waits for it.")
        wrong = _(
            "This was a known case, and can be published. %(why)s Everybody misses one now and then; nothing was sent "
            "to anybody."
        )
    else:
        right = _("Well seen. This was a known case, and is rejected (%(reasons)s). Nobody waits for it.")
        wrong = _(
            "This was a known case, and is rejected (%(reasons)s). %(why)s Everybody misses one now and then; nothing "
            "was sent to anybody."
        )
    return (right if row.right else wrong) % {"reasons": reasons, "why": case.why}


class AtTheDesk:
    """Known cases between what waits (`desk.between`)."""

    def offer(self, user: Any, besides: Collection[UUID]) -> Shown | None:
        mine = KnownAnswer.objects.filter(person=user, where=Where.DESK, closed_at=None).select_related("case")
        waits = mine.filter(case__in=KnownCase.objects.usable())
        row = waits.exclude(case__submission__in=besides).first()
        if row is None and _chance.random() * 100 < settings.KNOWN_PERCENT and not waits.exists():
            row = next(iter(put(user, Where.DESK, KnownCase.objects.usable())), None)
        found = submissions().whole().filter(id=row.case.submission_id).first() if row else None
        if found is None:
            return None
        dealt(user, found.id, timezone.now())
        return as_if_it_waited(found, user)

    def held(self, user: Any, ids: Collection[UUID]) -> list[UUID]:
        mine = KnownAnswer.objects.there().filter(person=user, where=Where.DESK, closed_at=None)
        return list(mine.filter(case__submission__in=ids).values_list("case__submission_id", flat=True))

    def answer(
        self, user: Any, id: UUID, outcome: str, reasons: Sequence[str], shown_at: datetime | None
    ) -> str | None:
        row = self._of(user, id)
        return told(answer(row, outcome, reasons)) if row else None

    def passed(self, user: Any, id: UUID) -> str | None:
        row = self._of(user, id)
        if row is None:
            return None
        close(row)
        return _("This was a known case: nobody waits for it. Thank you for taking care.")

    def sealed(self, user: Any, id: UUID) -> bool:
        """A known case, a second look or one of the month's set that is before them."""
        if KnownAnswer.objects.filter(person=user, closed_at=None, case__submission=id).exists():
            return True
        held = SecondLook.objects.filter(held_by=user, held_until__gt=timezone.now(), submission=id, outcome="")
        this = CalibrationItem.objects.filter(set__month=month_of(timezone.localdate()), submission=id)
        return held.exists() or (
            CalibrationAnswer.objects.filter(item__set__month=month_of(timezone.localdate()), person=user).exists()
            and this.exclude(answers__person=user).exists()
        )

    def _of(self, user: Any, id: UUID) -> KnownAnswer | None:
        """The last time that it was put before them; None for what really waits, whatever it once was. Answered
        before: the answer was lost, and is given again."""
        rows = KnownAnswer.objects.there().filter(person=user, where=Where.DESK, case__submission=id)
        rows = rows.exclude(case__submission__state=State.QUEUED).filter(put_at__gt=timezone.now() - OVER)
        return rows.select_related("case").order_by("-put_at").first()


def as_if_it_waited(submission: Submission, user: Any) -> Shown:
    """As the desk shows what waits: due in a while, and without what colleagues said then."""
    now = timezone.now()
    submission.reasons = []  # in memory alone: what it was rejected for would put a veil over it, and so be told
    shown = show(submission, user)
    since = now - timedelta(seconds=_chance.randrange(60, 420))
    due = shown.due
    if due is not None:
        at = since + (due.at - due.since)
        due = Due(at.astimezone(due.at.tzinfo), since.astimezone(due.at.tzinfo), due.place, now, due.warn)
    return replace(shown, due=due, notes=())
