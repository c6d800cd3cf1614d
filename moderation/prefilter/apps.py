from django.apps import AppConfig


class PrefilterConfig(AppConfig):
    name = "moderation.prefilter"
    label = "prefilter"
    verbose_name = "Prefilter"
