from django.apps import AppConfig


class PrefilterConfig(AppConfig):
    name = "moderation.prefilter"
    label = "prefilter"
    verbose_name = "Prefilter"

    def ready(self) -> None:
        from moderation.intake.erasing import on_erasure
        from moderation.prefilter import learned, pairing

        on_erasure(learned.forget)
        on_erasure(pairing.forget)
