from uuid import UUID

from celery import shared_task
from django.db import close_old_connections

from moderation.alerts import actions, bulk


@shared_task(name="moderation.alerts.watch")
def watch() -> dict[str, int]:
    """Raise what is more than usual, end what is over, go on with what a dead worker left. Twice is fine."""
    close_old_connections()
    found = actions.watch()
    for id in bulk.unfinished():
        bulk.carry_out(id)
    return found


@shared_task(name="moderation.alerts.carry_out")
def carry_out(id: str) -> dict[str, int]:
    close_old_connections()
    return bulk.carry_out(UUID(id))


@shared_task(name="moderation.alerts.tidy")
def tidy() -> dict[str, int]:
    close_old_connections()
    return actions.tidy()
