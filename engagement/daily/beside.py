"""The challengers look at what the champion of the themes looked at, when its answers are written and all is done.

They read the same vectors and the same word of the picture head. One that raises or takes too long is dropped for this
shard, and after some failures left alone for a while; nobody waits for it longer than its share of the budget.
"""

import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass

import structlog
from django.db import transaction

from brickmod.web.metrics import HEADS_DROPPED
from engagement.creations.models import Creation
from engagement.daily.pairing import pair
from engagement.themes.classifier import Classifier, Sight
from engagement.themes.fusion import Answer
from featurestore.heads.alerts import raise_alert
from featurestore.heads.models import AlertKind
from featurestore.heads.serving import Served
from moderation.prefilter.faults import Faults

log = structlog.get_logger(__name__)

SECONDS = 5.0  # that all challengers together may take for a shard
_faults = Faults()  # of this process


@dataclass(frozen=True)
class Looked:
    """What the champion looked at and said. `ms`: it took for one creation; `served` None: it is no version."""

    creations: Sequence[Creation]
    sight: Sight
    answers: Sequence[Answer]
    ms: float
    served: Served | None
    challengers: Sequence[tuple[Classifier, Served | None]]


def look_beside(looked: Looked, seconds: float = SECONDS) -> int:
    """Keeps a pair for each creation and challenger of which something can be learned. Returns how many."""
    waiting = [(kind, one) for kind, one in looked.challengers if one and not _faults.off(one.id)]
    if looked.served is None or not waiting:
        return 0
    ends, kept = time.monotonic() + seconds, 0
    for n, (kind, one) in enumerate(waiting):
        asked = _Asked(kind, looked.sight)
        asked.start()
        asked.join(max(0.0, ends - time.monotonic()) / (len(waiting) - n))
        if asked.is_alive():
            _faults.left_behind(one.id, asked)
            _drop(one, "slow", "it took longer than its share of the budget")
        elif asked.error:
            _drop(one, "raised", f"{type(asked.error).__name__}: {asked.error}")
        else:
            _faults.worked(one.id)
            kept += _keep(looked, looked.served, one, asked)
    return kept


class _Asked(threading.Thread):
    def __init__(self, kind: Classifier, sight: Sight) -> None:
        super().__init__(daemon=True)
        self.kind, self.sight = kind, sight
        self.answers: list[Answer] = []
        self.error: Exception | None = None
        self.ms = 0.0

    def run(self) -> None:
        began = time.perf_counter()
        try:
            self.answers = self.kind.judged(self.sight)
        except Exception as error:
            self.error = error
        self.ms = (time.perf_counter() - began) * 1000 / max(1, len(self.sight.creations))


@transaction.atomic
def _keep(looked: Looked, champion: Served, challenger: Served, asked: _Asked) -> int:
    # A creation that was withdrawn meanwhile is gone, and nothing may refer to it.
    left = set(Creation.objects.filter(id__in=[row.id for row in looked.creations]).values_list("id", flat=True))
    rows = zip(looked.creations, looked.answers, asked.answers, strict=True)
    return pair([row for row in rows if row[0].id in left], champion, challenger, (looked.ms, asked.ms))


def _drop(one: Served, why: str, error: str) -> None:
    HEADS_DROPPED.labels(task=one.task, version=one.version, why=why).inc()
    off = _faults.failed(one.id, why)
    log.error("head.dropped", task=one.task, version=one.version, alias=one.alias, why=why, error=error[:200])
    if off or why != "slow":
        says = f"The head {one.task} {one.version}, {one.alias}: {error[:200]}."
        raise_alert(one.task, AlertKind.CHALLENGER_FAILS, says, one.version)
