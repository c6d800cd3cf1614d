"""The connection to the broker (Redis protocol) for what is not a Celery task: pulses, wake-ups, readiness."""

import time
from functools import cache

import redis
from django.conf import settings
from redis.backoff import NoBackoff
from redis.retry import Retry

WORKER_KEY = "brickmod:worker"
WORKER_SILENT_AFTER = 30.0  # seconds


@cache
def redis_client() -> redis.Redis:
    """One client a process (it keeps a pool and is safe between threads). Gives up after a second, without retries.

    Who calls must be able to do without the broker: the database is the queue that counts.
    """
    return redis.Redis.from_url(
        settings.BROKER_URL,
        socket_connect_timeout=1,
        socket_timeout=1,
        # The default retries three times with a growing pause: a page would hang on a dead broker.
        retry=Retry(NoBackoff(), 0),
        health_check_interval=0,
    )


def note_worker() -> None:
    """A worker says that it is alive and can look at submissions. Raises redis.RedisError without a broker."""
    redis_client().set(WORKER_KEY, f"{time.time():.3f}", ex=3600)


def worker_silence() -> float | None:
    """Seconds since a worker answered; None when none ever did. Raises redis.RedisError without a broker."""
    value = redis_client().get(WORKER_KEY)
    if value is None:
        return None
    try:
        return max(0.0, time.time() - float(value))
    except ValueError:
        return None
