"""What waits for a person, and for whom. Every query of the desk on submissions has its name here."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Min, Prefetch, Q, QuerySet
from django.utils import timezone

from moderation.care.exposure import severe_from, without_hard
from moderation.desk.door import LEAD
from moderation.desk.models import Claim, Park
from moderation.intake.models import Part, State, Submission, SubmissionQuerySet
from moderation.intake.turn import Turn
from moderation.prefilter.models import Finding
from moderation.queues.routing import GENERAL, primary

URGENT = 2
LOOK_AHEAD = 40  # so many of the most due are considered for a person
COUNT_TO = 1000  # beyond this a counter says "more than": nobody needs the digits, and counting a million is slow
PAGE = 50
Cursor = tuple[int, datetime, UUID]  # turn, due time, id


class DeskQuerySet(SubmissionQuerySet):
    """Submissions as the desk asks for them."""

    def free_for(self, user: Any, now: datetime) -> "DeskQuerySet":
        """What this person may be given, in turn: waits, nobody holds it, is not set aside, and they did not pass it
        on."""
        held = Claim.objects.live(now).values("submission_id")
        away = Park.objects.away(now).values("submission_id")
        free = self.waiting().exclude(id__in=held).exclude(id__in=away)
        return free.exclude(skips__moderator=user)  # type: ignore[return-value]

    def page(self, after: Cursor | None = None, hidden: Sequence[str] = (), queue: str | None = None) -> "DeskQuerySet":
        """Rows of the queue's table, in turn, from behind the row `after`; of one queue, or of all but `hidden`."""
        rows = self.waiting().annotate(turn=Turn()).select_related("app", "claim__moderator")
        rows = rows.exclude(queue__in=hidden) if hidden else rows
        rows = rows if queue is None else rows.filter(queue=queue)
        if after:
            turn, due, id = after
            # The first condition repeats what the second implies: it is what the index can use.
            rows = rows.filter(turn__gte=turn).filter(
                Q(turn__gt=turn) | Q(review_due_at__gt=due) | Q(review_due_at=due, id__gt=id)
            )
        return rows.prefetch_related(  # type: ignore[return-value]
            Prefetch("parts", Part.objects.only("id", "submission_id", "kind", "position", "role")),
            Prefetch("parts__findings", counted().exclude(verdict="pass")),
            Prefetch("parks", Park.objects.away(timezone.now()), to_attr="away"),
        )

    def whole(self) -> "DeskQuerySet":
        """Everything that the place where people decide shows of a submission: two more queries, however many parts.
        What is withdrawn, or hidden, is shown nowhere."""
        return (
            self.exclude(state=State.WITHDRAWN)
            .select_related("app")
            .prefetch_related(Prefetch("parts", Part.objects.all()), Prefetch("parts__findings", counted()))
        )


def submissions() -> DeskQuerySet:
    return DeskQuerySet(Submission)


def counted() -> QuerySet[Finding]:
    """Only what the answer follows from; what a challenger said beside it is an opinion that nobody asked for."""
    return Finding.objects.order_by("id")


def candidates(user: Any, now: datetime, slugs: Sequence[str] = (GENERAL,)) -> list[UUID]:
    """What to try to claim from these queues, best first: what must be looked at at once, then by turn.

    Among the next, those in languages that this person reads come first. Nobody is left without work for that: when
    only other languages wait, they get these. Each queue is asked by itself: in one query for all, a queue of which
    little waits would be looked for through the whole of the others.
    Who has had enough that is hard is given calm work (moderation/care/exposure.py).
    """
    free = submissions().free_for(user, now)
    if (severity := severe_from(user, now)) is not None:
        free = without_hard(free, severity, user.has_perm(LEAD), now)  # type: ignore[assignment]
    urgent = list(free.filter(priority=URGENT, queue__in=slugs).values_list("id", flat=True)[:LOOK_AHEAD])
    calm = free.exclude(priority=URGENT).annotate(turn=Turn())
    due = sorted(
        row
        for slug in slugs
        for row in calm.filter(queue=slug).values_list("turn", "review_due_at", "id", "language")[:LOOK_AHEAD]
    )[:LOOK_AHEAD]
    mine = {str(tag).lower() for tag in user.languages}
    if mine:
        due.sort(key=lambda row: primary(row[3]) not in mine)  # a stable sort: they keep their turn
    return urgent + [id for _, _, id, _ in due]


def something_found(id: UUID) -> bool:
    """Did a detector say that something may be wrong with this one?"""
    return Finding.objects.filter(part__submission_id=id, verdict__in=["flag", "reject"]).exists()


@dataclass(frozen=True)
class Counts:
    """How much waits. `waiting` and `late` stop at COUNT_TO; `oldest` is the longest wait among the most due."""

    waiting: int
    late: int
    oldest: datetime | None

    @property
    def many(self) -> bool:
        return self.waiting >= COUNT_TO

    @property
    def oldest_minutes(self) -> int:
        return int((timezone.now() - self.oldest).total_seconds() // 60) if self.oldest else 0


def counts(now: datetime | None = None, queue: str | None = None) -> Counts:
    """One query over at most COUNT_TO rows of the partial index; of one queue, or of all."""
    now = now or timezone.now()
    waiting = submissions().waiting()
    found = (
        (waiting if queue is None else waiting.filter(queue=queue))
        .only("id", "review_due_at", "received_at")[:COUNT_TO]
        .aggregate(waiting=Count("id"), late=Count("id", filter=Q(review_due_at__lt=now)), oldest=Min("received_at"))
    )
    return Counts(**found)
