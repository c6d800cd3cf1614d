from django.apps import AppConfig
from django.db.models.signals import post_migrate


class ThemesConfig(AppConfig):
    name = "engagement.themes"
    label = "themes"
    verbose_name = "Themes"

    def ready(self) -> None:
        from engagement.themes.planting import after_migrate

        post_migrate.connect(after_migrate, sender=self, dispatch_uid="engagement.themes.planting")
