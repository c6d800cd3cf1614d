from django.apps import AppConfig


class ComparingConfig(AppConfig):
    name = "moderation.comparing"
    label = "comparing"
    verbose_name = "Comparing heads"
