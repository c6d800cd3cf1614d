from django.apps import AppConfig


class TrendsConfig(AppConfig):
    name = "engagement.trends"
    label = "trends"
    verbose_name = "Themes over time"
