"""Celery's side of heads. Every task may run twice: a training is begun once, a policy asks for one at a time, and the
mirror does nothing where nothing is missing."""

from datetime import timedelta

import structlog
from celery import shared_task
from django.db import close_old_connections
from django.utils import timezone

from featurestore.heads import actions, mirroring, policy_actions, running
from featurestore.heads.hurrying import hurry
from featurestore.heads.mlflow_api import Mlflow, Unreachable
from featurestore.heads.models import HeadVersion, RunState, TrainingRun
from featurestore.heads.training_actions import QUEUE

log = structlog.get_logger(__name__)

LONGEST = 3600  # seconds of a training
LATE = timedelta(seconds=30)  # a training that no worker took by then was perhaps never announced
MIRROR_SECONDS = 40.0


# Acknowledged at once: what is acknowledged late is given to a second worker after the broker's two minutes.
@shared_task(name="featurestore.train", soft_time_limit=LONGEST - 60, time_limit=LONGEST, acks_late=False)
def train(run_id: int) -> str:
    """Returns the version that came of it, "" when it failed: why stands in the row."""
    close_old_connections()
    run = TrainingRun.objects.filter(id=run_id, state=RunState.WAITING).first()
    if run is None:
        return ""  # begun or ended by somebody else
    with structlog.contextvars.bound_contextvars(training=run_id, task=run.task):
        try:
            head = actions.train(run.task, run.asked_by, run.because, run)
        except Exception as error:
            log.warning("training.failed", error=type(error).__name__)  # the row has the reason, and the alert is out
            return ""
    return head.version


@shared_task(name="featurestore.check_policies", soft_time_limit=570, time_limit=600, acks_late=False)
def check_policies() -> int:
    """Returns how many trainings were asked for."""
    close_old_connections()
    return sum(choice.train for choice in policy_actions.check_all().values())


@shared_task(name="featurestore.tend_trainings")
def tend_trainings() -> int:
    """Ends those that died without a word, and announces again those that still wait. Returns how many wait."""
    close_old_connections()
    running.end_silent()
    if TrainingRun.objects.filter(state=RunState.RUNNING).exists():
        return 0  # the one worker is busy, and finds the others in its queue
    waiting = TrainingRun.objects.filter(state=RunState.WAITING, asked_at__lt=timezone.now() - LATE)
    ids = list(waiting.order_by("id").values_list("id", flat=True))
    for id in ids:
        hurry("featurestore.train", id, queue=QUEUE)
    return len(ids)


@shared_task(name="featurestore.mirror")
def mirror() -> int:
    """Makes MLflow follow our database. Returns how many versions and aliases it was behind; -1: it does not answer."""
    close_old_connections()
    if not HeadVersion.objects.exists():
        return 0
    try:
        done = mirroring.follow(Mlflow(MIRROR_SECONDS))
    except Unreachable as error:
        log.warning("mlflow.not_followed", error=str(error))
        return -1
    return len(done.copied) + len(done.pointed)
