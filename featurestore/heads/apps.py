from django.apps import AppConfig


class HeadsConfig(AppConfig):
    name = "featurestore.heads"
    label = "heads"
    verbose_name = "Heads and who serves"

    def ready(self) -> None:
        from brickmod.access import trail_guard
        from brickmod.web.metrics import at_scrape
        from featurestore.heads import gauges
        from featurestore.heads.models import PromotionEvent

        trail_guard.guard(PromotionEvent._meta.db_table, "the history of promotions is append-only")
        at_scrape("heads", gauges.read)
