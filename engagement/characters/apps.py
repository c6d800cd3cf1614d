from django.apps import AppConfig


class CharactersConfig(AppConfig):
    name = "engagement.characters"
    label = "characters"
    verbose_name = "Characters, likes and comments"
