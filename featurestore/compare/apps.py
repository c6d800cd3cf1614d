from django.apps import AppConfig


class CompareConfig(AppConfig):
    name = "featurestore.compare"
    label = "compare"
    verbose_name = "Champion and challenger"
