"""How much that is hard one person was given, and what they are therefore not given next.

Hard is what a limit says: a submission counts with the severity of the worst reason that a detector found or a person
gave. It counts when it is dealt, once a person and submission: what was fetched ahead and given back is counted too, so
the figure is rather too high than too low.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from moderation.care.comfort import FLAGGED
from moderation.care.models import Limit, Sight
from moderation.feedback.models import Reason
from moderation.intake.models import Submission
from moderation.prefilter.models import Finding

HOUR, SHIFT = timedelta(hours=1), timedelta(hours=8)
SOON = timedelta(minutes=5)


@dataclass(frozen=True)
class Had:
    """What one person was given of one severity and more."""

    limit: Limit
    hour: int
    shift: int

    @property
    def enough(self) -> bool:
        return self.hour >= self.limit.an_hour or self.shift >= self.limit.a_shift

    @property
    def much(self) -> bool:
        """More than half of what an hour may hold."""
        return 2 * self.hour > self.limit.an_hour


def had(user: Any, now: datetime | None = None) -> list[Had]:
    """For each limit, the hardest first. One query: it is asked before each dealing."""
    now = now or timezone.now()
    limits = Limit.objects.annotate(hour=_seen_since(user, now - HOUR), shift=_seen_since(user, now - SHIFT))
    return [Had(limit, limit.hour, limit.shift) for limit in limits]


def _seen_since(user: Any, since: datetime) -> Subquery:
    rows = Sight.objects.filter(person_id=user.pk, at__gt=since, severity__gte=OuterRef("severity")).order_by()
    counted = rows.annotate(one=Value(1)).values("one").annotate(n=Count("id")).values("n")
    return Coalesce(Subquery(counted), 0)  # type: ignore[return-value]


def severe_from(user: Any, now: datetime) -> int | None:
    """The severity from which on this person is given nothing for now; None while nothing is too much."""
    return min((one.limit.severity for one in had(user, now) if one.enough), default=None)


def without_hard(rows: QuerySet[Any], severity: int, lead: bool, now: datetime) -> QuerySet[Any]:
    """`rows` without what is as hard as that. A lead is given it all the same when it is (nearly) late: who works calm
    things must not leave the hard ones to nobody."""
    codes = Reason.objects.filter(severity__gte=severity).values("code")
    hard = Finding.objects.filter(verdict__in=FLAGGED, reason__in=codes).order_by().values("part__submission_id")
    if lead:
        return rows.exclude(Q(id__in=hard) & Q(review_due_at__gt=now + SOON))
    return rows.exclude(id__in=hard)


def dealt(user: Any, id: UUID, now: datetime) -> None:
    """Count it, when it is hard (in the caller's transaction)."""
    reasons = Finding.objects.filter(part__submission_id=id, verdict__in=FLAGGED).order_by().values("reason")
    _count(user, id, Reason.objects.filter(code__in=reasons), now)


def seen(user: Any, submission: Submission) -> None:
    """The same for a page that shows one: also what a person rejected it for counts."""
    found = {f.reason for part in submission.parts.all() for f in part.findings.all() if f.verdict in FLAGGED}
    found |= {str(reason.get("code", "")) for reason in submission.reasons}
    if found:
        _count(user, submission.id, Reason.objects.filter(code__in=found), timezone.now())


def _count(user: Any, id: UUID, reasons: QuerySet[Reason], now: datetime) -> None:
    worst = reasons.filter(severity__gte=_lowest()).order_by("-severity").values_list("severity", flat=True).first()
    if worst is not None:
        row = Sight(person_id=user.pk, submission_id=id, severity=worst, at=now)
        Sight.objects.bulk_create([row], ignore_conflicts=True)  # seen before: it counts once


def _lowest() -> Subquery:
    """The severity from which on something is hard; without limits, nothing is."""
    return Subquery(Limit.objects.order_by("severity").values("severity")[:1])


def waiting_hard(now: datetime) -> int:
    """How many hard ones are past their due time: people had enough of them. At most 100, for a sentence."""
    codes = Reason.objects.filter(severity__gte=_lowest()).values("code")
    hard = Finding.objects.filter(verdict__in=FLAGGED, reason__in=codes).order_by().values("part__submission_id")
    late = Submission.objects.filter(state="queued", review_due_at__lt=now)
    return late.filter(id__in=hard)[:100].count()
