"""Tells the courier that something is due. Only a hint: what is due stands in the database, and beat asks every 2 s."""

import time

import structlog
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from brickmod.web.broker import redis_client

log = structlog.get_logger(__name__)

WOKEN = "brickmod:outbox:woken"
HINT_MS = 1000  # so long one hint counts, should its task be lost
_SILENCE = 5.0  # seconds in which a broker that failed is not tried again: a request must not wait for it twice
_silent_until = 0.0


def wake() -> None:
    """Never raises; waits at most a second or two for a broker that hangs, and then not at all for a while.

    However many events there are, one task lies in the queue: the next is sent only when that one has begun (it
    deletes the key before it reads the database), or after a second.
    """
    global _silent_until
    if time.monotonic() < _silent_until:
        return
    from brickmod.outbox.tasks import deliver_due

    try:
        if redis_client().set(WOKEN, 1, nx=True, px=HINT_MS):
            deliver_due.apply_async(retry=False, expires=10)
    except (RedisError, OperationalError, OSError) as error:
        _silent_until = time.monotonic() + _SILENCE
        log.warning("outbox.not_woken", error=type(error).__name__)


def awake() -> None:
    """The task has begun: what is written from now on needs another one."""
    try:
        redis_client().delete(WOKEN)
    except (RedisError, OSError):
        return  # it ends by itself
