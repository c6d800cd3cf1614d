from django.apps import AppConfig
from django.db.models.signals import post_migrate


class GridConfig(AppConfig):
    name = "moderation.grid"
    label = "grid"
    verbose_name = "Grid"

    def ready(self) -> None:
        from moderation.grid import planting

        post_migrate.connect(planting.after_migrate, sender=self, dispatch_uid="grid.planting")
