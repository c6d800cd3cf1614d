"""Celery's side of the characters."""

import time

import structlog
from celery import shared_task
from django.conf import settings
from django.db import close_old_connections

from engagement.characters import actions, rewording
from engagement.characters.local_model import Silent, local_model

log = structlog.get_logger(__name__)
SECONDS = 240.0  # then another task of the queue has its turn


@shared_task(name="engagement.characters.give_likes")
def give_likes() -> int:
    """Give what is due. Twice is fine."""
    close_old_connections()
    return actions.give_likes()


@shared_task(name="engagement.characters.reword", time_limit=300, soft_time_limit=280)
def reword() -> int:
    """Word fresh drafts by the language model of COMMENT_MODEL, in a process of its own queue. Twice is fine. Returns
    how many were asked for; the rest waits for the next call, or keeps its template."""
    close_old_connections()
    if not settings.COMMENT_MODEL:
        return 0
    try:
        speaker = local_model(settings.COMMENT_MODEL)
    except Silent as why:
        log.warning("comments.no_model", why=str(why))
        return 0
    until, asked = time.monotonic() + SECONDS, 0
    for id in rewording.waiting():
        if time.monotonic() > until:
            break
        rewording.reword(id, speaker)
        asked += 1
    return asked
