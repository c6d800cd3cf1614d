"""How many cases are open, late or stuck: read from the database when Prometheus asks."""

from collections.abc import Iterable

from django.db.models import Count, Q
from django.utils import timezone

from brickmod.web.metrics import Gauge
from moderation.restricted.models import Case


def read() -> Iterable[Gauge]:
    found = Case.objects.filter(destroyed_at=None).aggregate(
        open=Count("id", filter=Q(receipt="")),
        late=Count("id", filter=Q(receipt="", due_at__lte=timezone.now())),
        stuck=Count("id", filter=Q(preserved_at=None) & ~Q(problem="")),
    )
    yield Gauge("brickmod_restricted_open", "Cases without the receipt of a report.", found["open"])
    yield Gauge(
        "brickmod_restricted_overdue", "Of these, past the time by which they should be reported.", found["late"]
    )
    yield Gauge("brickmod_restricted_stuck", "Hidden, and not preserved because a step failed.", found["stuck"])
