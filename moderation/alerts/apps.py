from django.apps import AppConfig


class AlertsConfig(AppConfig):
    name = "moderation.alerts"
    label = "alerts"
    verbose_name = "Bursts"
