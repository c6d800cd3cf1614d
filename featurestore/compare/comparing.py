"""A comparison of two heads as it stands, kept in this process while nothing has changed.

What takes time is reading the pairs and counting them; what is shown with other unit costs is made from the same
counts. A change of any label makes new ones, at the latest after a minute.
"""

from collections.abc import Hashable
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.db.models import Count, Max, Q, Sum

from featurestore.compare import reading
from featurestore.compare.comparison import Comparison, of_counts
from featurestore.compare.cost import Costs
from featurestore.compare.counting import Counts, count
from featurestore.compare.models import Block, Pair
from featurestore.compare.recent import Recent
from featurestore.compare.words import finds
from featurestore.heads.models import HeadVersion


@dataclass(frozen=True)
class Latency:
    """In milliseconds, of one model."""

    middle: float
    p95: float
    slowest: float


@dataclass(frozen=True)
class _Read:
    counts: Counts
    latency: tuple[Latency, Latency]


kept = Recent()


def compared(
    champion: HeadVersion, challenger: HeadVersion, costs: Costs
) -> tuple[Comparison, tuple[Latency, Latency]]:
    """The comparison and the latency of both. Raises ValueError when they have not looked at anything together, and
    reading.BrokenBlock when what they saw cannot be read."""
    state = _state(champion.task, champion.id, challenger.id)
    key = (state, costs)
    if (done := kept.get(key)) is not None:
        return done
    read = kept.get(state)
    if read is None:
        read = _read(champion.task, champion.id, challenger.id)
        kept.put(state, read)
    names = (f"version {champion.version}", f"version {challenger.version}")
    done = (of_counts(read.counts, costs, names=names, finds=finds(champion.task)), read.latency)
    kept.put(key, done)
    return done


def _read(task: str, champion_id: int, challenger_id: int) -> _Read:
    counts = count(reading.pairs(task, champion_id, challenger_id))
    a, b = reading.milliseconds(task, champion_id, challenger_id)
    return _Read(counts, (_latency(a), _latency(b)))


def _latency(ms: Any) -> Latency:
    middle, p95, slowest = np.quantile(ms, [0.5, 0.95, 1.0]) if len(ms) else (0.0, 0.0, 0.0)
    return Latency(float(middle), float(p95), float(slowest))


def _state(task: str, champion_id: int, challenger_id: int) -> Hashable:
    """Something that is another when pairs came, went, were labelled or were packed."""
    of = {"task": task, "champion_id": champion_id, "challenger_id": challenger_id}
    live = Pair.objects.filter(**of).aggregate(
        rows=Count("id"), known=Count("label"), yes=Count("id", filter=Q(label=True)), last=Max("day")
    )
    packed = Block.objects.filter(**of).aggregate(
        blocks=Count("id"), newest=Max("id"), made=Max("made_at"), rows=Sum("count")
    )
    return (task, champion_id, challenger_id, *live.values(), *packed.values())
