from celery import shared_task
from django.db import close_old_connections

from moderation.authors import actions, forgetting


@shared_task(name="moderation.authors.sweep")
def sweep() -> dict[str, int]:
    """What follows from strikes that count by now, and what is over. Twice is fine."""
    close_old_connections()
    return actions.sweep()


@shared_task(name="moderation.authors.tidy")
def tidy() -> dict[str, int]:
    """Forget what weighs nothing any more."""
    close_old_connections()
    return forgetting.tidy()
