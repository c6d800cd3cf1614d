from django.apps import AppConfig


class IntakeConfig(AppConfig):
    name = "moderation.intake"
    label = "intake"
    verbose_name = "Intake"

    def ready(self) -> None:
        from brickmod.web.metrics import at_scrape
        from moderation.intake.gauges import read

        at_scrape("intake", read)
