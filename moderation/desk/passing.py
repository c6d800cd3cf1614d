"""What a person does with what they do not decide: skip it, set it aside for later, pass it on to a named queue."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from brickmod.access.audit import record
from brickmod.access.models import Verb
from moderation.desk.claims import held, locked
from moderation.desk.errors import BadPlace, NotYours
from moderation.desk.models import Claim, Escalation, Park, Skip, SkipWhy
from moderation.intake.models import State, Submission
from moderation.queues.models import Queue

AGAIN = timedelta(minutes=5)  # so long a browser may send the same thing again
LONGEST = timedelta(hours=24)  # set aside for longer, it would be forgotten


@transaction.atomic
def skip(user: Any, submission: Submission, why: str = "") -> None:
    """Pass a submission on: others are asked, this person is not asked again. Raises NotYours."""
    row = locked(user, submission.id)
    mine = Claim.objects.filter(submission=row, moderator=user).exists()
    if not mine and Skip.objects.filter(submission=row, moderator=user, at__gt=timezone.now() - AGAIN).exists():
        return  # asked again: the answer was lost
    held(user, row)
    why = SkipWhy(why) if why else ""
    Skip.objects.update_or_create(submission=submission, moderator=user, defaults={"why": why})
    Claim.objects.filter(submission=submission, moderator=user).delete()
    record(Verb.SKIP, "submission", row.trail, user=user, new={"why": str(why)} if why else None)


@transaction.atomic
def park(user: Any, submission: Submission, until: datetime, note: str = "") -> Park:
    """Set it aside: nobody is given it before `until`, then it is in its turn again, which has come by then.
    Raises NotYours, and BadPlace for a time that is past or too far away."""
    row = locked(user, submission.id)
    now = timezone.now()
    mine = Claim.objects.filter(submission=row, moderator=user).exists()
    recent = Park.objects.filter(submission=row, moderator=user, at__gt=now - AGAIN).order_by("-at")
    if not mine and (first := recent.first()):
        return first  # asked again: the answer was lost
    held(user, row)
    if not now < until <= now + LONGEST:
        raise BadPlace(_("It can be set aside for up to a day."))
    parked = Park.objects.create(submission=row, moderator=user, at=now, until=until, note=note)
    Claim.objects.filter(submission=row).delete()
    record(Verb.PARK, "submission", row.trail, user=user, new={"until": until.isoformat()})
    return parked


@transaction.atomic
def escalate(user: Any, submission: Submission, to: str, note: str = "", id: UUID | None = None) -> Escalation:
    """Pass it on to the queue `to`, at once out of this person's hands. What is returned is the receipt.

    `id` is made by who asks: the same one again (the answer was lost) returns the first and changes nothing.
    Raises NotYours, and BadPlace for a queue to which nothing can be passed.
    """
    if id is not None and (first := Escalation.objects.filter(id=id).first()):
        if (first.moderator_id, first.submission_id, first.to_queue) != (user.pk, submission.id, to):
            raise NotYours(_("This was already sent, for something else. Reload the page."))
        return first
    row = locked(user, submission.id)
    held(user, row)
    if not Queue.objects.filter(slug=to, escalations=True).exists():
        raise BadPlace(_("There is no such queue to pass it on to."))
    made = Escalation.objects.create(
        id=id or uuid4(), submission=row, moderator=user, from_queue=row.queue, to_queue=to, note=note
    )
    if not Submission.objects.filter(id=row.id, state=State.QUEUED).update(queue=to):
        raise NotYours(_("It was decided or withdrawn meanwhile."))
    Claim.objects.filter(submission=row).delete()
    Park.objects.end(row)
    record(Verb.ESCALATE, "submission", row.trail, user=user, old={"queue": made.from_queue}, new={"queue": to})
    return made
