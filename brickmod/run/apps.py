from django.apps import AppConfig


class RunConfig(AppConfig):
    name = "brickmod.run"
    label = "run"
    verbose_name = "Run"
