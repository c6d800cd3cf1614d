"""Lets a caller wait for a verdict: woken by the broker's publish, with polling as the fallback.

A caller that waits holds a thread of the web process, so there are only so many places (WAIT_SLOTS); who finds none
gets its answer at once, as if it had not asked to wait.
"""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

import structlog
from django.conf import settings
from redis.exceptions import RedisError

from brickmod.web.broker import redis_client
from moderation.intake.models import State, Submission

log = structlog.get_logger(__name__)

CHANNEL = "brickmod:verdict"
POLL_SECONDS = 0.5
_slots = threading.BoundedSemaphore(settings.WAIT_SLOTS)
_waiting: dict[str, list[threading.Event]] = {}
_lock = threading.Lock()
_listener: threading.Thread | None = None


def wake(id: UUID) -> None:
    """Tell all web processes that this submission has a verdict. A lost message costs half a second, nothing else."""
    try:
        redis_client().publish(CHANNEL, str(id))
    except RedisError:
        log.warning("intake.wake_failed")


@contextmanager
def place(id: UUID, seconds: float) -> Iterator["Place | None"]:
    """A place to wait in, taken before the work is announced, so that no answer is too early. None: all are taken."""
    if seconds <= 0 or not _slots.acquire(blocking=False):
        yield None
        return
    here = Place(id, time.monotonic() + seconds)
    with _lock:
        _waiting.setdefault(str(id), []).append(here.event)
    try:
        _listen()
        yield here
    finally:
        with _lock:
            _waiting[str(id)].remove(here.event)
            if not _waiting[str(id)]:
                del _waiting[str(id)]
        _slots.release()


class Place:
    def __init__(self, id: UUID, until: float) -> None:
        self.id, self.until, self.event = id, until, threading.Event()

    def wait(self) -> bool:
        """True when the submission has a verdict, False when the time was over first."""
        while True:
            woken = self.event.wait(max(0.0, min(POLL_SECONDS, self.until - time.monotonic())))
            if not Submission.objects.filter(id=self.id, state=State.ANALYSING).exists():
                return True
            if time.monotonic() >= self.until:
                return False
            if woken:
                self.event.clear()


def _listen() -> None:
    """One thread in each web process hears the broker; started with the first caller that waits (after fork)."""
    global _listener
    with _lock:
        if _listener is None or not _listener.is_alive():
            _listener = threading.Thread(target=_hear, name="verdicts", daemon=True)
            _listener.start()


def _hear() -> None:
    while True:
        try:
            with redis_client().pubsub(ignore_subscribe_messages=True) as heard:
                heard.subscribe(CHANNEL)
                while True:
                    message = heard.get_message(timeout=5)
                    if message:
                        with _lock:
                            for event in _waiting.get(message["data"].decode(), ()):
                                event.set()
        except RedisError:
            time.sleep(1)  # callers poll meanwhile
