"""The courier's tasks. Both are safe to run twice and side by side: leases in the database say who sends what."""

import threading

from celery import shared_task

from brickmod.outbox import delivering
from brickmod.outbox.wake import awake

_running = threading.Lock()
_again = threading.Event()


@shared_task(name="brickmod.outbox.deliver_due", ignore_result=True)
def deliver_due() -> int:
    """Spread and send all that is due; returns how many messages were tried.

    One at a time in a process: further calls only ask the running one for another round, so that beat's calls do not
    fill a courier's threads while an endpoint is slow.
    """
    awake()
    _again.set()
    tried = 0
    while _again.is_set() and _running.acquire(blocking=False):
        try:
            _again.clear()
            tried += delivering.run()
        finally:
            _running.release()
    return tried


@shared_task(name="brickmod.outbox.deliver", ignore_result=True)
def deliver(delivery_id: int) -> int:
    """Send this one delivery now, if it is due and nobody is at it."""
    return delivering.run(only=delivery_id)
