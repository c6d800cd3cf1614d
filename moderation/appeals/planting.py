"""The window in which an appeal can be made, as a new database begins with it."""

from typing import Any

from django.apps.registry import Apps
from django.apps.registry import apps as installed
from django.db import router


def after_migrate(using: str, apps: Apps = installed, **kwargs: Any) -> None:
    try:
        rule = apps.get_model("appeals", "AppealRule")
    except LookupError:
        return  # migrated to a state before there was one
    if router.allow_migrate_model(using, rule) and not rule.objects.using(using).exists():
        rule.objects.using(using).create()
