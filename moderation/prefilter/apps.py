from django.apps import AppConfig


class PrefilterConfig(AppConfig):
    name = "moderation.prefilter"
    label = "prefilter"
    verbose_name = "Prefilter"

    def ready(self) -> None:
        from moderation.intake.erasing import on_erasure
        from moderation.prefilter.learned import forget

        on_erasure(forget)
