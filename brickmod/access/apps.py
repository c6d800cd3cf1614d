from django.apps import AppConfig
from django.db.models.signals import post_migrate


class AccessConfig(AppConfig):
    name = "brickmod.access"
    label = "access"
    verbose_name = "People and apps"

    def ready(self) -> None:
        from brickmod.access import roles, schema, sign_in, trail_guard  # noqa: F401

        # `auth` connects first and makes the models' own permissions; the roles come after them.
        post_migrate.connect(roles.after_migrate, dispatch_uid="brickmod.access.roles")
        post_migrate.connect(trail_guard.after_migrate, sender=self, dispatch_uid="brickmod.access.trail_guard")
        sign_in.connect()
