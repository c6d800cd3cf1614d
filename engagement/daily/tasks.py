"""Celery's side of the daily run: begin what is due, and work on shards until none is left."""

import time

from celery import shared_task
from django.db import close_old_connections
from django.utils import timezone

from brickmod.celery import app
from engagement.daily import actions, pairing, teaching
from engagement.daily.models import DailyRun, RunState

QUEUE = "training"
SECONDS = 480.0  # then another task goes on, so that a training need not wait for a whole day's creations


@shared_task(name="engagement.daily.begin_due")
def begin_due() -> int:
    """Begin the runs of markets where it is morning, and ask for a worker where there is work. Returns how much."""
    close_old_connections()
    now = timezone.now()
    for day, market in actions.due(now):
        actions.begin(day, market)
    for run in DailyRun.objects.filter(state=RunState.RUNNING):
        actions.end(run, now)
    shards = len(actions.open_shards(now))
    if teaching.due(now):
        app.send_task("engagement.daily.teach", queue=QUEUE, expires=50)
    if shards:
        app.send_task("engagement.daily.work", queue=QUEUE, expires=50)
    return shards


@shared_task(name="engagement.daily.work", time_limit=700, soft_time_limit=680)
def work() -> int:
    """Shards, one after the other; several workers may do this at once. Returns how many were done."""
    from engagement.daily.guessing import beside, guess  # loads the models, which only who works needs
    from engagement.themes.classifier import plant

    close_old_connections()
    plant()
    until, done = time.monotonic() + SECONDS, 0
    for id in actions.open_shards():
        if time.monotonic() > until:
            break
        done += actions.do_shard(id, guess, beside=beside)
    return done


@shared_task(name="engagement.daily.teach", time_limit=700, soft_time_limit=680)
def teach() -> int:
    """What people corrected becomes labels. Twice is fine. Returns how many features were labelled."""
    close_old_connections()
    return sum(teaching.teach(id) for id in teaching.due())


@shared_task(name="engagement.daily.tell_pairs")
def tell_pairs() -> int:
    """Tell pairs of heads what people have said of themes since. Returns how many heard something new."""
    close_old_connections()
    return pairing.tell(timezone.now())
