"""Celery's side of what comments are worth."""

from celery import shared_task
from django.db import close_old_connections


@shared_task(name="engagement.value.measure", time_limit=900, soft_time_limit=880)
def measure() -> int:
    """Once a day. Twice is fine. Returns how many authors were counted."""
    from engagement.value.measuring import measure as measured

    close_old_connections()
    return int(measured().data["authors"])
