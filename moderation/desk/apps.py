from django.apps import AppConfig
from django.db.models.signals import post_migrate, pre_migrate


class DeskConfig(AppConfig):
    name = "moderation.desk"
    label = "desk"
    verbose_name = "Desk"

    def ready(self) -> None:
        from moderation.desk import lanes, person_stands, restricting
        from moderation.intake import hidden
        from moderation.restricted.telling import on_record

        hidden.hides(lanes.hides)
        on_record(restricting.tell)

        pre_migrate.connect(person_stands.before_migrate, sender=self, dispatch_uid="moderation.desk.person_stands")
        post_migrate.connect(person_stands.after_migrate, sender=self, dispatch_uid="moderation.desk.person_stands")
