from django.apps import AppConfig


class AuthorsConfig(AppConfig):
    name = "moderation.authors"
    label = "authors"
    verbose_name = "Authors"
