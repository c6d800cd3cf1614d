from django.apps import AppConfig


class CreationsConfig(AppConfig):
    name = "engagement.creations"
    label = "creations"
    verbose_name = "Published creations"

    def ready(self) -> None:
        from engagement.creations.actions import forget_submission
        from moderation.intake.erasing import on_erasure

        on_erasure(forget_submission)
