from django.apps import AppConfig


class DailyConfig(AppConfig):
    name = "engagement.daily"
    label = "daily"
    verbose_name = "The daily run"
