"""Once a month all decide on the same set, blind. It tells how far a house agrees, and where it should talk."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from brickmod.access.audit import record
from brickmod.access.models import Verb
from moderation.agreement.models import CalibrationAnswer, CalibrationItem, CalibrationSet, KnownCase
from moderation.agreement.rights import LEAD
from moderation.agreement.second import NotThere, checked
from moderation.agreement.sparing import spare
from moderation.desk.door import DECIDE, may
from moderation.desk.models import Decision, Outcome
from moderation.intake.models import State
from moderation.queues.models import Queue

PAST = timedelta(days=60)  # what was decided before that is another time
LEAST = 5  # fewer make no set


def month_of(day: date) -> date:
    return day.replace(day=1)


@transaction.atomic
def draw(today: date | None = None, by: Any = None, size: int | None = None) -> CalibrationSet | None:
    """This month's set: half of it rejections where there are as many, a quarter known cases. The one that is there, or
    None when too little was decided. Safe to run twice. `by`: a person who asks for it."""
    if by is not None:
        may(by, LEAD)
    today = today or timezone.localdate()
    month = month_of(today)
    if (there := CalibrationSet.objects.filter(month=month).first()) is not None:
        return there
    chosen = _chosen(size or settings.CALIBRATION_SIZE)
    if len(chosen) < LEAST:
        return None
    try:
        with transaction.atomic():
            made = CalibrationSet.objects.create(month=month, made_by=by)
    except IntegrityError:
        return CalibrationSet.objects.get(month=month)
    CalibrationItem.objects.bulk_create(
        CalibrationItem(set=made, submission_id=id, position=n) for n, id in enumerate(chosen)
    )
    record(Verb.KNOWN, "calibration_set", made.pk, user=by, new={"month": str(month), "items": len(chosen)})
    return made


def _chosen(size: int) -> list[UUID]:
    """Submissions at random; nothing that only leads may see, and nothing that was in a set before."""
    hidden = Queue.objects.filter(leads=True).values("slug")
    before = CalibrationItem.objects.values("submission_id")
    known = KnownCase.objects.usable().exclude(submission__in=before).exclude(submission__queue__in=hidden)
    chosen = list(known.order_by("?").values_list("submission_id", flat=True)[: size // 4])
    decided = Decision.objects.standing().filter(decided_at__gt=timezone.now() - PAST)
    decided = decided.exclude(submission__in=before).exclude(submission__in=[*chosen])
    decided = decided.exclude(submission__queue__in=hidden)
    decided = decided.exclude(submission__state=State.WITHDRAWN).order_by("?")
    rejected = decided.filter(outcome=Outcome.REJECT).values_list("submission_id", flat=True)
    chosen += list(rejected[: size // 2 - len(chosen) // 2])
    approved = decided.filter(outcome=Outcome.APPROVE).values_list("submission_id", flat=True)
    chosen += list(approved[: size - len(chosen)])
    return sorted(dict.fromkeys(chosen), key=lambda id: id.int % 9973)  # their order says nothing of their answers


def current(today: date | None = None) -> CalibrationSet | None:
    return CalibrationSet.objects.filter(month=month_of(today or timezone.localdate())).first()


def next_item(user: Any, of: CalibrationSet) -> CalibrationItem | None:
    may(user, DECIDE)
    left = CalibrationItem.objects.there().filter(set=of).exclude(answers__person=user)
    return spare(left, user, timezone.now()).select_related("submission").first()


@transaction.atomic
def answer(user: Any, id: UUID, outcome: str, reasons: list[str]) -> CalibrationAnswer:
    """The first answer counts. Nothing of it reaches the submission. Raises NotThere, BadReason."""
    may(user, DECIDE)
    outcome, codes = checked(outcome, reasons)
    item = CalibrationItem.objects.there().filter(id=id, set=current()).first()
    if item is None:
        raise NotThere("This set is over, or it was withdrawn.")
    given = {"outcome": outcome, "reasons": codes}
    return CalibrationAnswer.objects.get_or_create(item=item, person=user, defaults=given)[0]


def done(user: Any, of: CalibrationSet) -> tuple[int, int]:
    """(how many this person has answered, how many there are)."""
    answers = CalibrationAnswer.objects.there().filter(item__set=of, person=user)
    return answers.count(), CalibrationItem.objects.there().filter(set=of).count()
