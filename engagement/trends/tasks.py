"""Celery's side of the counts."""

from celery import shared_task
from django.db import close_old_connections


@shared_task(name="engagement.trends.roll_up", time_limit=1800, soft_time_limit=1780)
def roll_up(whole: bool = False) -> int:
    """The last days every ten minutes, all of them at night. Returns how many creations were counted."""
    from engagement.trends.counting import roll_up as counted

    close_old_connections()
    return counted(whole).creations
