from django.apps import AppConfig


class ShiftsConfig(AppConfig):
    name = "moderation.shifts"
    label = "shifts"
    verbose_name = "How the desk keeps up"

    def ready(self) -> None:
        from brickmod.web.metrics import at_scrape
        from moderation.shifts import unserved

        at_scrape("shifts", unserved.read)
