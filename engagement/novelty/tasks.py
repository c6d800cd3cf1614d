"""Celery's side of what is new: look at what was published, and once a week search. Twice is fine."""

import time

import structlog
from celery import shared_task
from django.db import close_old_connections
from django.utils import timezone

from engagement.novelty.models import Round, RoundState

log = structlog.get_logger(__name__)

QUEUE = "training"
SECONDS = 480.0


# Acknowledged at once: what is acknowledged late is given to a second worker after the broker's two minutes.
@shared_task(name="engagement.novelty.tend", soft_time_limit=1700, time_limit=1800, acks_late=False)
def tend() -> int:
    """Look at creations that were not looked at; when none is left, do last week's round. Returns how many looks."""
    from engagement.novelty import (
        looking,
        searching,
        teaching,
    )  # load scikit-learn and the models, which only who works needs

    close_old_connections()
    now = timezone.now()
    teaching.teach(now)
    week = searching.week_to_search(now)
    eyes = looking.Classifier()
    until, done = time.monotonic() + SECONDS, 0
    while n := looking.look(eyes, now):
        done += n
        if time.monotonic() > until:
            return done  # the next call goes on
    if not Round.objects.filter(week=week, state=RoundState.DONE).exists():
        searching.search(week, eyes.kinds, now)
        searching.close_forgotten(now)
    return done
