"""Who serves now. Read once before a batch, so that no batch is served by half of one state and half of another.

One small query tells which versions have which alias; a head's file is read from its row when it is first met, and
kept in this process. A promotion is therefore served by the next batch of every worker, without a restart and without
MLflow.
"""

import time
from dataclasses import dataclass, replace

import structlog
from django.conf import settings
from django.utils.module_loading import import_string

from brickmod.web.metrics import HEADS_DROPPED
from featurestore.heads import alerts
from featurestore.heads.head import Head, HeadSheet
from featurestore.heads.models import AlertKind, Alias, HeadVersion, Serving

log = structlog.get_logger(__name__)

AGAIN = 60.0  # seconds after which a broken head is tried once more


@dataclass(frozen=True)
class Served:
    """A head under an alias. `id` is its HeadVersion's, 0 for a head that is not registered; `threshold` is what
    counts, its own or the one set for it."""

    id: int
    task: str
    version: str
    alias: str
    head: Head
    threshold: float
    canary: float = 0.0


_heads: dict[tuple[int, str], Head] = {}
_broken: dict[tuple[int, str], float] = {}


def serving(task: str = "") -> dict[str, tuple[Served, ...]]:
    """task -> the heads that serve it, the champion first. A head whose file is broken is left out and counted, with an
    alert: in place of a champion the detector then uses what it came with."""
    rows = Serving.objects.filter(**({"task": task} if task else {})).values_list(
        "task", "alias", "head_id", "head__version", "head__sheet__sha256", "threshold", "canary"
    )
    found: dict[str, list[Served]] = {}
    for name, alias, id, version, sha256, threshold, canary in sorted(
        rows, key=lambda row: (row[0], row[1] != Alias.CHAMPION, row[1])
    ):
        head = _head(id, sha256, f"{name} {version}, {alias}")
        if head is None:
            HEADS_DROPPED.labels(task=name, version=version, why="broken").inc()
            continue
        least = head.sheet.threshold if threshold is None else threshold
        found.setdefault(name, []).append(Served(id, name, version, alias, head, least, canary))
    return {name: tuple(rows) for name, rows in found.items()}


def load(row: HeadVersion) -> Head:
    """The head of a row, checked. Raises ModelMissing. A task whose heads are of another kind has its own reader
    (settings.HEAD_READERS): a function of the row, whose answer has a `sheet` like a Head's."""
    if reader := settings.HEAD_READERS.get(row.task):
        return import_string(reader)(row)
    return Head(bytes(row.onnx), replace(HeadSheet(**row.sheet), version=row.version), row.encoder)


def _head(id: int, sha256: str, who: str) -> Head | None:
    key = (id, sha256)
    if key in _heads:
        return _heads[key]
    if time.monotonic() - _broken.get(key, -AGAIN) < AGAIN:
        return None
    try:
        row = HeadVersion.objects.get(id=id)
    except HeadVersion.DoesNotExist:
        return None  # gone between the two reads
    try:
        _heads[key] = load(row)
    except Exception as error:  # whatever the file does to those who read it, the others go on
        _broken[key] = time.monotonic()
        says = f"The head {who}, cannot be used: {str(error)[:300]}"
        alerts.raise_alert(row.task, AlertKind.BROKEN_HEAD, says, row.version)
        return None
    return _heads[key]
