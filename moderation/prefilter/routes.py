"""Which queue a submission waits in, from what was found; and all that wait anew, when the conditions changed."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Prefetch

from brickmod.access.audit import record
from brickmod.access.models import Verb
from moderation.feedback.models import Reason
from moderation.intake.models import Part, State, Submission
from moderation.prefilter.models import Finding
from moderation.queues.due import rules
from moderation.queues.models import Queue
from moderation.queues.routing import Lane, choose, risk

BATCH = 500
Told = tuple[str, str, float]  # verdict, reason, score


def lanes() -> list[Lane]:
    """The queues' conditions, in the order in which they are asked. Two queries."""
    return [
        Lane(
            queue.slug,
            frozenset(app.pk for app in queue.apps.all()),
            frozenset(str(code).upper() for code in queue.markets),
            frozenset(str(tag).lower() for tag in queue.languages),
            frozenset(map(str, queue.reasons)),
        )
        for queue in Queue.objects.prefetch_related("apps")
    ]


def place(submission: Submission, told: Iterable[Told]) -> dict[str, Any]:
    """The fields that say when and where it waits: review_due_at, queue, weight, risk."""
    told = list(told)
    rule = rules().of(submission.app, submission.market)
    suspected = {reason for verdict, reason, _ in told if verdict in {"flag", "reject"}}
    severities = dict(Reason.objects.filter(code__in=suspected).values_list("code", "severity")) if suspected else {}
    return {
        "review_due_at": submission.received_at + rule.time,
        "queue": choose(lanes(), submission.app_id, submission.market, submission.language, suspected),
        "weight": rule.weight,
        "risk": risk(told, severities),
    }


def reroute(user: Any = None) -> int:
    """Sort everything that waits into the queues as they are today; returns how many moved.

    What people put somewhere stays there: a queue without conditions is left alone. Due times that were given stay
    given. In batches, each a transaction of its own: people go on deciding meanwhile, and what was decided is not
    touched.
    """
    now = lanes()
    theirs = {lane.slug for lane in now if not (lane.apps or lane.markets or lane.languages or lane.reasons)}
    moved, last = 0, UUID(int=0)
    while rows := list(
        Submission.objects.filter(state=State.QUEUED, id__gt=last)
        .order_by("id")
        .prefetch_related(
            Prefetch("parts", Part.objects.only("id", "submission_id")),
            Prefetch("parts__findings", Finding.objects.exclude(verdict="pass").exclude(verdict="error")),
        )[:BATCH]
    ):
        last = rows[-1].id
        with transaction.atomic():
            for row in rows:
                reasons = {found.reason for part in row.parts.all() for found in part.findings.all()}
                queue = choose(now, row.app_id, row.market, row.language, reasons)
                if row.queue not in theirs and queue != row.queue:
                    moved += Submission.objects.filter(id=row.id, state=State.QUEUED, queue=row.queue).update(
                        queue=queue
                    )
    record(Verb.ROUTE, "queue", user=user, new={"moved": moved})
    return moved
