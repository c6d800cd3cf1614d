"""There is always a queue to which something can be passed up."""

from typing import Any

from moderation.queues.models import Queue


def after_migrate(sender: Any, using: str, **kwargs: Any) -> None:
    """The leads' queue, unless people may pass things on somewhere already. Safe to run again."""
    queues = Queue.objects.using(using)
    if not queues.filter(escalations=True).exists():
        queues.get_or_create(slug="leads", defaults={"name": "Leads", "leads": True, "escalations": True})
