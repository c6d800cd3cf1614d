from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "brickmod.web"
    label = "web"
    verbose_name = "Web"
