"""Makes MLflow follow our database: versions that it lacks, and who serves. Safe to run at any time, by several."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta

import structlog
from django.db.models import Q
from django.utils import timezone

from featurestore.heads import registry
from featurestore.heads.mlflow_api import Mlflow
from featurestore.heads.models import HeadVersion, Serving

log = structlog.get_logger(__name__)

CLAIM = timedelta(minutes=2)  # after which another may copy what somebody began to copy


@dataclass
class Followed:
    """What was done: versions that were copied, aliases that were changed, as "TASK VERSION" and "TASK ALIAS"."""

    copied: list[str] = field(default_factory=list)
    pointed: list[str] = field(default_factory=list)


def follow(mlflow: Mlflow, tasks: Iterable[str] = ()) -> Followed:
    """Bring MLflow up to date for these tasks (none named: for all). Raises Unreachable; what was done stays done."""
    done = Followed()
    wanted = tuple(tasks) or tuple(HeadVersion.objects.order_by("task").values_list("task", flat=True).distinct())
    for task in wanted:
        there = registry.copies(mlflow, task)
        for head in HeadVersion.objects.filter(task=task).defer("onnx").order_by("id"):
            copy = there.get((head.version, head.sheet.get("sha256", "")))
            if copy is None:
                # Never copied, or MLflow has lost it since.
                if _copy(mlflow, head):
                    done.copied.append(str(head))
            elif (head.mlflow_run, head.mlflow_version) != copy:
                _note(head, copy)
        done.pointed += [f"{task} {alias}" for alias in registry.point(mlflow, task, aliases(task))]
    if done.copied or done.pointed:
        log.info("mlflow.followed", copied=done.copied, pointed=done.pointed)
    return done


def aliases(task: str) -> dict[str, int]:
    """alias -> MLflow's version, of the heads that serve and that MLflow has."""
    rows = Serving.objects.filter(task=task).exclude(head__mlflow_version=None)
    return {alias: version for alias, version in rows.values_list("alias", "head__mlflow_version") if version}


def _copy(mlflow: Mlflow, head: HeadVersion) -> bool:
    now = timezone.now()
    free = Q(mirroring_since=None) | Q(mirroring_since__lt=now - CLAIM)
    if not HeadVersion.objects.filter(free, id=head.id).update(mirroring_since=now):
        return False  # another one is at it
    try:
        run = head.runs.order_by("-id").first()
        _note(head, registry.keep(mlflow, head, run.curve if run else ()))
    finally:
        HeadVersion.objects.filter(id=head.id).update(mirroring_since=None)
    return True


def _note(head: HeadVersion, copy: registry.Copy) -> None:
    HeadVersion.objects.filter(id=head.id).update(mlflow_run=copy.run, mlflow_version=copy.version)
