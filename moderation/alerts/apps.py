from django.apps import AppConfig


class AlertsConfig(AppConfig):
    name = "moderation.alerts"
    label = "alerts"
    verbose_name = "Bursts"

    def ready(self) -> None:
        from moderation.alerts import touching
        from moderation.desk import notices, timeline

        timeline.also(touching.of)
        notices.also(touching.open_alerts)
