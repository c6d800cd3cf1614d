from django.apps import AppConfig


class FeedbackConfig(AppConfig):
    name = "moderation.feedback"
    label = "feedback"
    verbose_name = "Feedback"
