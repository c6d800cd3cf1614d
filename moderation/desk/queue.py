"""What waits for a person, and for whom. Every query of the desk on submissions has its name here."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Min, Prefetch, Q, QuerySet
from django.utils import timezone

from moderation.desk.models import Claim
from moderation.intake.models import Part, Submission, SubmissionQuerySet
from moderation.prefilter.models import Finding

URGENT = 2
LOOK_AHEAD = 40  # so many of the most due are considered for a person
COUNT_TO = 1000  # beyond this a counter says "more than": nobody needs the digits, and counting a million is slow
PAGE = 50


class DeskQuerySet(SubmissionQuerySet):
    """Submissions as the desk asks for them."""

    def free_for(self, user: Any, now: datetime) -> "DeskQuerySet":
        """What this person may be given, most due first: waits, nobody holds it, and they did not pass it on."""
        held = Claim.objects.live(now).values("submission_id")
        return self.waiting().exclude(id__in=held).exclude(skips__moderator=user)  # type: ignore[return-value]

    def page(self, after: tuple[datetime, UUID] | None = None) -> "DeskQuerySet":
        """Rows of the queue's table, in the order of their due times, from behind the row `after`."""
        rows = self.waiting().select_related("app", "claim__moderator")
        if after:
            due, id = after
            # The first condition repeats what the second implies: it is what the index can use.
            rows = rows.filter(review_due_at__gte=due).filter(Q(review_due_at__gt=due) | Q(id__gt=id))
        return rows.prefetch_related(  # type: ignore[return-value]
            Prefetch("parts", Part.objects.only("id", "submission_id", "kind", "position", "role")),
            Prefetch("parts__findings", counted().exclude(verdict="pass")),
        )

    def whole(self) -> "DeskQuerySet":
        """Everything that the place where people decide shows of a submission: two more queries, however many parts."""
        return self.select_related("app").prefetch_related(
            Prefetch("parts", Part.objects.all()), Prefetch("parts__findings", counted())
        )


def submissions() -> DeskQuerySet:
    return DeskQuerySet(Submission)


def counted() -> QuerySet[Finding]:
    """Only what the answer follows from; what a challenger said beside it is an opinion that nobody asked for."""
    return Finding.objects.order_by("id")


def candidates(user: Any, now: datetime) -> list[UUID]:
    """What to try to claim, best first: what must be looked at at once, then what is most due.

    Among the most due, those in languages that this person reads come first. Nobody is left without work for
    that: when only other languages wait, they get these.
    """
    free = submissions().free_for(user, now)
    urgent = list(free.filter(priority=URGENT).values_list("id", flat=True)[:LOOK_AHEAD])
    due = list(free.exclude(priority=URGENT).values_list("id", "language")[:LOOK_AHEAD])
    mine = {str(tag).lower() for tag in user.languages}
    if mine:
        due.sort(key=lambda row: primary(row[1]) not in mine)  # a stable sort: due times keep their order
    return urgent + [id for id, _ in due]


def primary(language: str) -> str:
    """The primary subtag: "pt" of "pt-BR"."""
    return language.split("-")[0].lower()


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


def counts(now: datetime | None = None) -> Counts:
    """One query over at most COUNT_TO rows of the partial index."""
    now = now or timezone.now()
    found = (
        submissions()
        .waiting()
        .only("id", "review_due_at", "received_at")[:COUNT_TO]
        .aggregate(waiting=Count("id"), late=Count("id", filter=Q(review_due_at__lt=now)), oldest=Min("received_at"))
    )
    return Counts(**found)
