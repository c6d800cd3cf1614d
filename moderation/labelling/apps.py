from django.apps import AppConfig


class LabellingConfig(AppConfig):
    name = "moderation.labelling"
    label = "labelling"
    verbose_name = "Labels"
