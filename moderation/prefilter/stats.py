"""What the flow did lately, for its page. A few grouped queries, whatever the number of findings."""

from dataclasses import dataclass, field
from datetime import timedelta

from django.db.models import Count
from django.utils import timezone

from moderation.intake.models import State, Submission
from moderation.prefilter.models import Finding

RECENT = 500  # findings a detector from which times are read


@dataclass(frozen=True)
class DetectorStats:
    """Verdicts of the last hour, and the times of the latest findings in milliseconds a part."""

    verdicts: dict[str, int] = field(default_factory=dict)
    p50: float | None = None
    p95: float | None = None

    @property
    def total(self) -> int:
        return sum(self.verdicts.values())


@dataclass(frozen=True)
class FlowStats:
    hours: int
    states: dict[str, int]
    oldest_minutes: float | None
    detectors: dict[str, DetectorStats]


def flow_stats(detectors: list[str], hours: int = 1) -> FlowStats:
    """Live counts and times. `states`: submissions received within `hours`, by state."""
    now = timezone.now()
    since = now - timedelta(hours=hours)
    states = dict(Submission.objects.filter(received_at__gte=since).values_list("state").annotate(n=Count("id")))
    verdicts: dict[str, dict[str, int]] = {name: {} for name in detectors}
    rows = Finding.objects.filter(detector__in=detectors, made_at__gte=since).values_list("detector", "verdict")
    for name, verdict, n in rows.annotate(n=Count("id")):
        verdicts[name][verdict] = n
    oldest = Submission.objects.filter(state=State.ANALYSING).order_by("received_at").values_list("received_at").first()
    return FlowStats(
        hours,
        {state: states.get(state, 0) for state in State.values},
        (now - oldest[0]).total_seconds() / 60 if oldest else None,
        {name: _times(name, verdicts[name]) for name in detectors},
    )


def _times(name: str, verdicts: dict[str, int]) -> DetectorStats:
    ms = sorted(Finding.objects.filter(detector=name).order_by("-made_at").values_list("ms", flat=True)[:RECENT])
    if not ms:
        return DetectorStats(verdicts)
    return DetectorStats(verdicts, ms[len(ms) // 2], ms[min(len(ms) - 1, int(len(ms) * 0.95))])
