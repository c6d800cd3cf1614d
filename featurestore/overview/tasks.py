"""Celery's side: the sweep is long, so it has a time limit of its own."""

from celery import shared_task
from django.db import close_old_connections

from featurestore.overview import actions


# Acknowledged at once: what is acknowledged late is given to a second worker after the broker's two minutes.
@shared_task(name="featurestore.overview.measure", soft_time_limit=1700, time_limit=1800, acks_late=False)
def measure() -> None:
    close_old_connections()
    actions.measure()


@shared_task(name="featurestore.overview.keep_fresh")
def keep_fresh() -> None:
    """By the clock: counts again when what is there is old."""
    if actions.want_newer():
        measure.delay()
