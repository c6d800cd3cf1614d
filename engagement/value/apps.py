from django.apps import AppConfig


class ValueConfig(AppConfig):
    name = "engagement.value"
    label = "value"
    verbose_name = "What comments are worth"
