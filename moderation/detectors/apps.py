from django.apps import AppConfig


class DetectorsConfig(AppConfig):
    name = "moderation.detectors"
    label = "detectors"
    verbose_name = "Detectors"
