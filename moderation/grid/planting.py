"""The rule of the grid, as a new database begins with it."""

from typing import Any

from django.apps.registry import Apps
from django.apps.registry import apps as installed
from django.db import router


def after_migrate(using: str, apps: Apps = installed, **kwargs: Any) -> None:
    try:
        rule = apps.get_model("grid", "GridRule")
    except LookupError:
        return  # migrated to a state before there was one
    if router.allow_migrate_model(using, rule):
        rule.objects.using(using).get_or_create(id=1)
