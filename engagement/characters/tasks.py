"""Celery's side of the characters."""

from celery import shared_task
from django.db import close_old_connections

from engagement.characters import actions


@shared_task(name="engagement.characters.give_likes")
def give_likes() -> int:
    """Give what is due. Twice is fine."""
    close_old_connections()
    return actions.give_likes()
