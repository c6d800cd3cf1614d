from django.apps import AppConfig
from django.db.models.signals import post_migrate


class AppealsConfig(AppConfig):
    name = "moderation.appeals"
    label = "appeals"
    verbose_name = "Appeals"

    def ready(self) -> None:
        from moderation.appeals import planting, told
        from moderation.desk import timeline

        timeline.also(told.of)

        post_migrate.connect(planting.after_migrate, sender=self, dispatch_uid="appeals.planting")
