from django.apps import AppConfig


class HeadsConfig(AppConfig):
    name = "featurestore.heads"
    label = "heads"
    verbose_name = "Heads and who serves"
