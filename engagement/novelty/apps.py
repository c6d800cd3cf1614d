from django.apps import AppConfig


class NoveltyConfig(AppConfig):
    name = "engagement.novelty"
    label = "novelty"
    verbose_name = "New themes"
