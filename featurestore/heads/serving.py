"""Who serves now. Read once before a batch, so that no batch is served by half of one state and half of another.

One small query tells which versions have which alias; a head's file is read from its row when it is first met, and
kept in this process. A promotion is therefore served by the next batch of every worker, without a restart and without
MLflow.
"""

from dataclasses import dataclass, replace

import structlog

from featurestore.encoders.base import ModelMissing
from featurestore.heads.head import Head, HeadSheet
from featurestore.heads.models import Alias, HeadVersion, Serving

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Served:
    """A head under an alias. `id` is its HeadVersion's; `threshold` is what counts, its own or the one set for it."""

    id: int
    task: str
    version: str
    alias: str
    head: Head
    threshold: float
    canary: float = 0.0


_heads: dict[int, Head] = {}


def serving(task: str = "") -> dict[str, tuple[Served, ...]]:
    """task -> the heads that serve it, the champion first. A head whose file is broken is left out and logged: of a
    champion the detector then uses what it came with."""
    rows = Serving.objects.filter(**({"task": task} if task else {})).values_list(
        "task", "alias", "head_id", "head__version", "threshold", "canary"
    )
    found: dict[str, list[Served]] = {}
    for name, alias, id, version, threshold, canary in sorted(rows, key=lambda row: (row[0], row[1] != Alias.CHAMPION)):
        try:
            head = _head(id)
        except (ModelMissing, HeadVersion.DoesNotExist, RuntimeError, ValueError) as error:
            log.error("serving.head_is_broken", task=name, alias=alias, version=version, error=str(error)[:200])
            continue
        least = head.sheet.threshold if threshold is None else threshold
        found.setdefault(name, []).append(Served(id, name, version, alias, head, least, canary))
    return {name: tuple(rows) for name, rows in found.items()}


def load(row: HeadVersion) -> Head:
    """The head of a row, checked. Raises ModelMissing."""
    return Head(bytes(row.onnx), replace(HeadSheet(**row.sheet), version=row.version), row.encoder)


def _head(id: int) -> Head:
    if id not in _heads:
        _heads[id] = load(HeadVersion.objects.get(id=id))
    return _heads[id]
