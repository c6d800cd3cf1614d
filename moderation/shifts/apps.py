from django.apps import AppConfig


class ShiftsConfig(AppConfig):
    name = "moderation.shifts"
    label = "shifts"
    verbose_name = "How the desk keeps up"
