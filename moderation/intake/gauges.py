"""How much waits and how long: read from the database when Prometheus asks."""

from collections.abc import Iterable

from django.db.models import Count, Min, Q
from django.utils import timezone

from brickmod.web.metrics import Gauge
from moderation.intake.models import State, Submission


def read() -> Iterable[Gauge]:
    now = timezone.now()
    # Each of the two is answered from its partial index alone.
    queued = Submission.objects.filter(state=State.QUEUED).aggregate(
        n=Count("id"), due=Min("review_due_at"), late=Count("id", filter=Q(review_due_at__lt=now))
    )
    looking = Submission.objects.filter(state=State.ANALYSING).aggregate(n=Count("id"), oldest=Min("received_at"))
    yield Gauge("brickmod_queue_waiting", "Submissions that wait for a person.", queued["n"])
    yield Gauge("brickmod_queue_late", "Of these, past their due time.", queued["late"])
    yield Gauge(
        "brickmod_queue_overdue_seconds",
        "How far the first in the queue is past its due time; negative: time left.",
        (now - queued["due"]).total_seconds() if queued["due"] else 0.0,
    )
    yield Gauge("brickmod_prefilter_waiting", "Submissions that wait for the detectors.", looking["n"])
    yield Gauge(
        "brickmod_prefilter_age_seconds",
        "Age of the oldest submission that waits for the detectors.",
        (now - looking["oldest"]).total_seconds() if looking["oldest"] else 0.0,
    )
