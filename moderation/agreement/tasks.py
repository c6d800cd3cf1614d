"""Celery's side: second looks are drawn when a decision can no longer be undone, sets with the month."""

from celery import shared_task
from django.db import close_old_connections

from moderation.agreement import calibration, known, second


@shared_task(name="moderation.agreement.draw")
def draw() -> int:
    """Safe to run twice. Returns how many second looks were drawn."""
    close_old_connections()
    known.put_away()
    return second.draw()


@shared_task(name="moderation.agreement.month")
def month() -> bool:
    """This month's set, when there is enough to make one of. Safe to run twice."""
    close_old_connections()
    return calibration.draw() is not None
