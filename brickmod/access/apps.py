from django.apps import AppConfig


class AccessConfig(AppConfig):
    name = "brickmod.access"
    label = "access"
    verbose_name = "People and apps"
