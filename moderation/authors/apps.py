from django.apps import AppConfig
from django.db.models.signals import post_migrate


class AuthorsConfig(AppConfig):
    name = "moderation.authors"
    label = "authors"
    verbose_name = "Authors"

    def ready(self) -> None:
        from moderation.authors import door, erasing, planting
        from moderation.intake.erasing import on_erasure
        from moderation.intake.guards import at_the_door

        post_migrate.connect(planting.after_migrate, sender=self, dispatch_uid="authors.planting")
        at_the_door(door.guard)
        on_erasure(erasing.forget_submission)
