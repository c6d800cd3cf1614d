from django.apps import AppConfig
from django.db.models.signals import post_migrate


class QueuesConfig(AppConfig):
    name = "moderation.queues"
    label = "queues"
    verbose_name = "Queues"

    def ready(self) -> None:
        from moderation.queues.planting import after_migrate

        post_migrate.connect(after_migrate, sender=self, dispatch_uid="moderation.queues.planting")
