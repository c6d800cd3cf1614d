"""Celery's side of the prefilter. A task takes an id and may run twice; what is to be done stands in the database."""

import os
import time
from datetime import timedelta
from uuid import UUID

import structlog
from celery import shared_task
from celery.signals import worker_process_init
from django.db import close_old_connections
from django.utils import timezone
from redis.exceptions import RedisError

from brickmod.celery import app
from brickmod.web.broker import note_worker, redis_client
from moderation.intake.models import Submission
from moderation.prefilter import actions, days, links

log = structlog.get_logger(__name__)

QUEUE = "prefilter"
LATE = timedelta(seconds=3)  # a submission that no worker took by then was perhaps never announced
SWEEP_AT_MOST = 500


@worker_process_init.connect
def load_models(**_: object) -> None:
    """In each process of the prefilter's worker, after fork and before it takes work."""
    if QUEUE not in app.amqp.queues.consume_from:
        return  # a worker for something else: it would only hold the memory
    from moderation.prefilter import executor

    # People's pages come first where both want the same core.
    os.nice(5)
    started = time.perf_counter()
    try:
        executor.load()
    except Exception as error:
        # Celery logs what a signal's receiver raises and goes on: a worker without models would take work and answer
        # the pulse. It ends instead, and is started again.
        log.exception("worker.not_loaded", error=type(error).__name__)
        raise SystemExit(1) from error
    _plant()
    log.info("worker.ready", seconds=round(time.perf_counter() - started, 1))
    _answered()


def _plant() -> None:
    from moderation.prefilter.planting import plant_heads

    try:
        plant_heads()
    except Exception:  # children are answered without: then the detectors use what they came with
        log.exception("worker.heads_not_planted")


@shared_task(name="moderation.prefilter.look")
def look(submission_id: str) -> None:
    """Look at this submission, and at others that wait, as one batch."""
    ids = actions.take(UUID(submission_id))
    if ids:
        with structlog.contextvars.bound_contextvars(submission=submission_id, batch=len(ids)):
            actions.look(ids)
    _answered()


@shared_task(name="moderation.prefilter.sweep")
def sweep() -> int:
    """Announce again what is due: after a killed worker, a lost broker, a publish that failed. Returns how many."""
    close_old_connections()
    now = timezone.now()
    due = Submission.objects.due_for_prefilter(now).filter(received_at__lt=now - LATE)
    ids = list(due.values_list("id", flat=True)[:SWEEP_AT_MOST])
    if ids:
        # As many as the broker already has need not be announced again: without this a long queue would feed itself.
        announced = redis_client().llen(QUEUE)
        ids = ids[: max(0, len(ids) - int(announced))]
    for id in ids:
        app.send_task("moderation.prefilter.look", [str(id)], queue=QUEUE)
    return len(ids)


@shared_task(name="moderation.prefilter.pulse")
def pulse() -> None:
    """Goes through the same queue and the same process as real work, so that an answer means: a worker works."""
    _answered()


@shared_task(name="moderation.prefilter.close_windows")
def close_windows() -> int:
    """Cut the links whose time is over, and settle the days that have none left. Returns how many keys are gone."""
    close_old_connections()
    closed = links.close_windows()
    days.settle_days()
    days.settle_pairs()
    return closed


def _answered() -> None:
    try:
        note_worker()
    except RedisError:
        log.warning("worker.broker_unreachable")
