"""Tells a worker that something is to be done. Only a hint: what that is stands in the database, and beat asks."""

import structlog
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from brickmod.celery import app

log = structlog.get_logger(__name__)


def hurry(task: str, *args: object, queue: str | None = None) -> None:
    """Never raises; without a broker the next round of beat finds it."""
    try:
        app.send_task(task, args, **({"queue": queue} if queue else {}))
    except (RedisError, OperationalError, OSError) as error:
        log.warning("heads.not_hurried", task=task, error=type(error).__name__)
