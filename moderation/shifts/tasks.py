"""Celery's side of the counts."""

from datetime import timedelta

from celery import shared_task
from django.db import close_old_connections


@shared_task(name="moderation.shifts.count", time_limit=1800, soft_time_limit=1780)
def count(days: int = 0) -> float:
    """The last hours every minute, the last `days` at night. Returns the seconds that it took."""
    from moderation.shifts import counting

    close_old_connections()
    return counting.count(timedelta(days=days) if days else counting.RECENT).seconds
