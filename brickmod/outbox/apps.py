from django.apps import AppConfig


class OutboxConfig(AppConfig):
    name = "brickmod.outbox"
    label = "outbox"
    verbose_name = "Answers"

    def ready(self) -> None:
        from brickmod.outbox.gauges import read
        from brickmod.web.metrics import at_scrape

        at_scrape("outbox", read)
