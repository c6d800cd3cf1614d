"""Celery's side of the desk."""

import structlog
from celery import shared_task
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from moderation.prefilter.routes import reroute

log = structlog.get_logger(__name__)


@shared_task(name="moderation.desk.reroute")
def sort_anew() -> int:
    """Sort what waits into the queues as they are now. Safe to run twice."""
    return reroute()


def ask_to_reroute() -> None:
    """Soon. When the broker is away, new uploads are sorted right anyway; what waits stays where it is."""
    try:
        sort_anew.apply_async(expires=600)
    except (OperationalError, RedisError, OSError) as error:
        log.warning("desk.reroute_not_announced", error=type(error).__name__)
