"""Celery's side of the rounds."""

from celery import shared_task
from django.db import close_old_connections

from engagement.cleaning import actions


@shared_task(name="engagement.cleaning.round", time_limit=3000, soft_time_limit=2900)
def clean(id: int) -> bool:
    """One round. Safe to run twice."""
    close_old_connections()
    return actions.do_round(id) is not None
