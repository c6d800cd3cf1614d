"""What is shown of one version: its metrics, what it learned from, where it comes from, what may be done to it."""

from typing import Any

from django.conf import settings

from featurestore.compare import lists
from featurestore.heads.models import HeadVersion, Standing
from featurestore.heads.registry import model_name


def triple(value: object) -> tuple[object, object, object]:
    """A metric as (value, low, high); one that came without an interval has none."""
    if isinstance(value, list | tuple) and len(value) == 3:
        return tuple(value)
    return value, None, None


def flat(data: object, name: str = "") -> list[tuple[str, object]]:
    """A manifest as rows: nested names are joined by a dot."""
    if isinstance(data, dict):
        return [row for key, value in data.items() for row in flat(value, f"{name}.{key}" if name else str(key))]
    if isinstance(data, list):
        return [(name, ", ".join(map(str, data)))]
    return [(name, data)]


def lineage(head: HeadVersion) -> list[HeadVersion]:
    """From its parent to the first one."""
    found: list[HeadVersion] = []
    at = head.parent_id
    while at is not None and len(found) < 100:
        parent = lists.HEADS.get(id=at)
        found.append(parent)
        at = parent.parent_id
    return found


def mlflow_address(head: HeadVersion) -> str:
    if not settings.MODELS_URL or not head.mlflow_version:
        return ""
    return f"{settings.MODELS_URL.rstrip('/')}/#/models/{model_name(head.task)}/versions/{head.mlflow_version}"


def choices(head: HeadVersion, placed: lists.Placed | None) -> list[tuple[str, str]]:
    """What may be done to a version as it stands: verb, words of its button."""
    if head.standing == Standing.RETIRED or (placed and placed.is_champion):
        return []
    if placed:
        return [("promote", "Promote…"), ("hold", "Hold…"), ("retire", "Retire…"), ("canary", "Canary…")]
    return [("deploy", "Put beside the champion…"), ("retire", "Retire…")]


def side_by_side(a: HeadVersion | None, b: HeadVersion) -> list[tuple[str, Any, Any]]:
    """Metrics on the frozen exam set, each (value, low, high)."""
    theirs = a.metrics if a else {}
    return [(name, triple(theirs.get(name)), triple(b.metrics.get(name))) for name in sorted({*theirs, *b.metrics})]
