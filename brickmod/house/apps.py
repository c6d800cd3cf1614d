from django.apps import AppConfig


class HouseConfig(AppConfig):
    name = "brickmod.house"
    label = "house"
    verbose_name = "House rules"
