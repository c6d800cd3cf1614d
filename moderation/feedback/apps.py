from django.apps import AppConfig
from django.db.models.signals import post_migrate


class FeedbackConfig(AppConfig):
    name = "moderation.feedback"
    label = "feedback"
    verbose_name = "Feedback"

    def ready(self) -> None:
        from moderation.feedback.planting import after_migrate

        post_migrate.connect(after_migrate, sender=self, dispatch_uid="moderation.feedback.planting")
