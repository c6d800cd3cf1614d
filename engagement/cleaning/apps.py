from django.apps import AppConfig


class CleaningConfig(AppConfig):
    name = "engagement.cleaning"
    label = "cleaning"
    verbose_name = "Labels of themes"
