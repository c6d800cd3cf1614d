from django.apps import AppConfig
from django.db.models.signals import post_migrate


class CareConfig(AppConfig):
    name = "moderation.care"
    label = "care"
    verbose_name = "Well-being"

    def ready(self) -> None:
        from moderation.care.planting import after_migrate

        post_migrate.connect(after_migrate, sender=self, dispatch_uid="moderation.care.planting")
