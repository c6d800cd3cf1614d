from django.apps import AppConfig


class RestrictedConfig(AppConfig):
    name = "moderation.restricted"
    label = "restricted"
    verbose_name = "Suspected illegal"

    def ready(self) -> None:
        from brickmod.web.metrics import at_scrape
        from moderation.restricted.gauges import read

        at_scrape("restricted", read)
