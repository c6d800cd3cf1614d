from django.apps import AppConfig


class OverviewConfig(AppConfig):
    name = "featurestore.overview"
    label = "overview"
    verbose_name = "Overview of the feature store"
