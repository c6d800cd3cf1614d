from django.apps import AppConfig


class FeaturestoreConfig(AppConfig):
    name = "featurestore"
    label = "featurestore"
    verbose_name = "Feature store"
