from celery import shared_task
from django.db import close_old_connections

from moderation.policies import actions


@shared_task(name="moderation.policies.publish_due")
def publish_due() -> int:
    """Put in force what is due. Twice is fine."""
    close_old_connections()
    return actions.publish_due()
