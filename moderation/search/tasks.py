from celery import shared_task
from django.db import close_old_connections

from moderation.search import actions


@shared_task(name="moderation.search.take_looks")
def take_looks() -> int:
    """How new pictures look, for "more like this"."""
    close_old_connections()
    return actions.take_looks()
