from django.apps import AppConfig


class OutboxConfig(AppConfig):
    name = "brickmod.outbox"
    label = "outbox"
    verbose_name = "Answers"
