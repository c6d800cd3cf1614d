"""Who has what before them: claims with a lease, so that two people never work on the same.

Locks are taken in one order, person, submission, claim, so that nobody waits in a circle. On PostgreSQL these are row
locks. On SQLite every transaction begins IMMEDIATE and is alone; `select_for_update` does nothing there.
"""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as N_

from brickmod.access.audit import record
from brickmod.access.models import User, Verb
from brickmod.house.rules import lease_seconds
from moderation.care.exposure import dealt
from moderation.desk.door import DECIDE, may, submission_for
from moderation.desk.errors import NotYours
from moderation.desk.lanes import chosen
from moderation.desk.models import Claim
from moderation.desk.queue import candidates, submissions
from moderation.intake.models import State, Submission

MAX_HELD = 3  # the one on the screen and those fetched ahead
GONE = N_("This one is not there any more: it was withdrawn.")
DECIDED = N_("Somebody else has decided this one.")
NOT_WAITING = N_("This one is not waiting for a person.")
TAKEN = N_("You no longer hold this one: it was not touched for too long, and somebody else may have it now.")


def claim_next(
    user: Any, ahead: int = 0, besides: Collection[UUID] = (), queue: str | None = None
) -> Submission | None:
    """What this person should look at next; with `ahead` 1, what comes after that. None when nothing is free.

    What they hold already comes first, in the order in which they got it, so asking again gives the same one again.
    `besides` are the ones that the asking page has: it wants another. With `queue` it is taken from that one alone.

    1. The person's row is locked: two tabs of one person count their claims one after the other (MAX_HELD).
    2. Candidates are read without a lock, best first. 3. For each, the submission's row is locked, or left to whoever
    has it; a claim that ran out is taken over by compare-and-set, else one is inserted, and the unique key on the
    submission says no to the second. Each claim is a transaction of its own.
    """
    may(user, DECIDE)
    while True:
        with transaction.atomic():
            # Evaluated for its lock alone.
            list(User.objects.select_for_update(no_key=True, of=("self",)).filter(id=user.id).values_list("id"))
            now = timezone.now()
            theirs = list(
                Claim.objects.live(now)
                .at_desk()
                .filter(moderator=user, submission__state=State.QUEUED)
                .order_by("made_at", "id")
                .values_list("submission_id", flat=True)
            )
            fresh = [id for id in theirs if id not in besides]
            if len(fresh) > ahead:
                Claim.objects.filter(moderator=user, submission_id=fresh[ahead]).update(leased_until=now + lease())
            elif len(theirs) >= MAX_HELD or (taken := _take_one(user, now, chosen(user, queue))) is None:
                return None
            else:
                fresh.append(taken)
        if len(fresh) > ahead:
            # Withdrawn since? Then whoever asks again gets another.
            return submissions().whole().filter(id=fresh[ahead]).first()


def claim_together(user: Any, ids: Iterable[UUID], together: UUID, most: int, slugs: list[str]) -> list[UUID]:
    """Claim up to `most` of these candidates at once, for the grid `together`; the ids that were won, in their order.

    What somebody else holds, or has locked, is passed over: nobody waits for anybody, and nothing is in two grids.
    Each claim is a transaction of its own, or two people who take over each other's old claims could wait in a circle.
    None of them is on this person's desk.
    """
    may(user, DECIDE)
    now = timezone.now()
    won: list[UUID] = []
    for id in ids:
        if len(won) == most:
            break
        with transaction.atomic():
            if _take(user, id, now, slugs, together):
                won.append(id)
    return won


def to_desk(user: Any, ids: Iterable[UUID]) -> list[UUID]:
    """Claims of a grid become claims of this person's desk, with a new lease; those that they still held. What they do
    not get to is free again when the lease ends."""
    with transaction.atomic():
        mine = _lock(Claim.objects.filter(moderator=user, submission_id__in=list(ids), submission__state=State.QUEUED))
        Claim.objects.filter(id__in=list(mine)).update(together=None, leased_until=timezone.now() + lease())
    return list(mine.values())


def renew(user: Any, ids: Iterable[UUID]) -> list[UUID]:
    """Prolong this person's claims on `ids`; returns those that they still hold. A claim that ran out while nobody
    else wanted it is theirs again."""
    with transaction.atomic():
        mine = _lock(Claim.objects.filter(moderator=user, submission_id__in=list(ids), submission__state=State.QUEUED))
        Claim.objects.filter(id__in=list(mine)).update(leased_until=timezone.now() + lease())
    return list(mine.values())


def release(user: Any, ids: Iterable[UUID] | None = None, until: datetime | None = None) -> int:
    """Give claims back: those on `ids`, or all. Returns how many.

    With `until`, only those whose lease ends no later: a page that is being left says so after the next page has
    perhaps claimed the same ones again, and must not take them away from it.
    """
    mine = Claim.objects.filter(moderator=user)
    if ids is not None:
        mine = mine.filter(submission_id__in=list(ids))
    if until is not None:
        mine = mine.filter(leased_until__lte=until)
    with transaction.atomic():
        return Claim.objects.filter(id__in=list(_lock(mine))).delete()[0]


def lease() -> timedelta:
    return timedelta(seconds=lease_seconds())


def _take_one(user: Any, now: datetime, slugs: list[str]) -> UUID | None:
    """Claim the best free submission for `user`. Two rounds: in the first, others may have taken every candidate."""
    for _round in range(2):
        if not (ids := candidates(user, now, slugs)):
            return None
        if taken := next((id for id in ids if _take(user, id, now, slugs)), None):
            return taken
    return None


def _take(user: Any, id: UUID, now: datetime, slugs: list[str], together: UUID | None = None) -> bool:
    rows = Submission.objects.select_for_update(skip_locked=True, of=("self",)).filter(
        id=id, state=State.QUEUED, queue__in=slugs
    )
    trail = list(rows.values_list("trail", flat=True))
    if not trail:
        return False
    claim = {"moderator": user, "made_at": now, "leased_until": now + lease(), "together": together}
    if not Claim.objects.filter(submission_id=id, leased_until__lte=now).update(**claim):
        try:
            with transaction.atomic():
                Claim.objects.create(submission_id=id, **claim)
        except IntegrityError:
            return False
    dealt(user, id, now)
    record(Verb.CLAIM, "submission", trail[0], user=user)
    return True


def _lock(claims: Any) -> dict[int, UUID]:
    """{claim: submission}, locked in the order of their ids, so that two requests of one person cannot wait for
    each other."""
    return dict(claims.order_by("id").select_for_update(of=("self",)).values_list("id", "submission_id"))


def locked(user: Any, id: UUID) -> Submission:
    """The submission through the door, with its row locked. Raises NotYours when it is gone."""
    try:
        return submission_for(user, id, lock=True)
    except Submission.DoesNotExist:
        raise NotYours(_(GONE)) from None


def held(user: Any, row: Submission) -> None:
    """Raises NotYours, with the sentence that fits, unless `user` holds a live claim on `row` (which is locked)."""
    if row.state != State.QUEUED:
        raise NotYours(_(DECIDED if row.state in {State.APPROVED, State.REJECTED} else NOT_WAITING))
    claim = Claim.objects.filter(submission=row).first()
    if claim is None or claim.moderator_id != user.id or claim.leased_until <= timezone.now():
        raise NotYours(_(TAKEN))


def give_back(user: Any, row: Submission, now: datetime, together: UUID | None = None) -> None:
    """A claim on `row`, before all others on the desk of `user`; the last of those goes when they are too many. One of
    a grid (`together`) goes back there, beside the others."""
    mine = list(Claim.objects.live(now).at_desk().filter(moderator=user).order_by("made_at", "id"))
    for surplus in [] if together else mine[MAX_HELD - 1 :]:
        surplus.delete()
    first = min([now, *(claim.made_at for claim in mine)]) - timedelta(microseconds=1)
    Claim.objects.update_or_create(
        submission=row,
        defaults={"moderator": user, "made_at": first, "leased_until": now + lease(), "together": together},
    )
