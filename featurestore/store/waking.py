"""Asks for a compaction soon. If nobody hears, the schedule comes by in minutes."""

import structlog
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from brickmod.celery import app

log = structlog.get_logger(__name__)


def wake_compaction() -> None:
    try:
        app.send_task("featurestore.compact")
    except (OperationalError, RedisError, OSError) as error:
        log.warning("featurestore.compaction_not_announced", error=type(error).__name__)
