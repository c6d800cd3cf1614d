"""What Prometheus may know of us. Counters and times are kept as things happen; counts of rows are read at scrape.

Set PROMETHEUS_MULTIPROC_DIR (an empty folder, before the processes start) where several processes share the work:
then what each of them counted is added up.
"""

import os
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

import structlog
from prometheus_client import REGISTRY, CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector

log = structlog.get_logger(__name__)

_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)
_HOURS = (300, 900, 1800, 3600, 14400, 86400)
_WORK = (1, 5, 15, 30, 60, *_HOURS)

SUBMISSIONS = Counter("brickmod_submissions_total", "Submissions that reached a status.", ["status"])
PREFILTER_SECONDS = Histogram(
    "brickmod_prefilter_seconds", "How long the prefilter took, by step.", ["step"], buckets=_SECONDS
)
FINDINGS = Counter("brickmod_findings_total", "What detectors said.", ["detector", "verdict"])
HEADS_DROPPED = Counter(
    "brickmod_heads_dropped_total", "Heads that could not be used for a batch, by why.", ["task", "version", "why"]
)
DECISION_SECONDS = Histogram(
    "brickmod_decision_seconds", "From on the screen to decided, by outcome.", ["outcome"], buckets=_WORK
)
ANSWER_SECONDS = Histogram("brickmod_answer_seconds", "From received to decided.", ["decided_by"], buckets=_WORK)
WEBHOOK_LAG = Histogram(
    "brickmod_webhook_lag_seconds", "From when an event was due to when the app took it.", buckets=_SECONDS + _HOURS
)
COMMENTS_WORDED = Counter(
    "brickmod_comments_worded_total", "Drafts that a language model was asked to word, by how it ended.", ["how"]
)
DELIVERIES = Counter("brickmod_deliveries_total", "Tries to tell an app, by outcome.", ["outcome"])


class Gauge(NamedTuple):
    """One figure, read when somebody asks."""

    name: str
    description: str
    value: float


Reader = Callable[[], Iterable[Gauge]]
_readers: dict[str, Reader] = {}


def at_scrape(room: str, reader: Reader) -> None:
    """A room calls this in its AppConfig.ready: `reader` returns its gauges, by a query or two, at every scrape."""
    _readers[room] = reader


class _Rooms:
    """Asks every room for its gauges. A room that fails is left out and counted, the others still answer."""

    def collect(self) -> Iterator[Metric]:
        failed = 0
        for room, reader in _readers.items():
            try:
                gauges = list(reader())
            except Exception:
                log.exception("scrape_failed", room=room)
                failed += 1
                continue
            for gauge in gauges:
                yield GaugeMetricFamily(gauge.name, gauge.description, value=gauge.value)
        yield GaugeMetricFamily(
            "brickmod_scrape_failures", "Rooms that could not be read at this scrape.", value=failed
        )


def exposition() -> bytes:
    """All of it as Prometheus' text."""
    registry = CollectorRegistry()
    registry.register(_Rooms())
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        MultiProcessCollector(registry)
        return generate_latest(registry)
    return generate_latest(registry) + generate_latest(REGISTRY)
