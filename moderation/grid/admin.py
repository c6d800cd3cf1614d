"""The rule of the grid. There is one, which is changed and never deleted."""

from typing import Any

from django.contrib import admin

from brickmod.access.admin_base import AuditedAdmin
from moderation.grid.models import GridRule


@admin.register(GridRule)
class GridRuleAdmin(AuditedAdmin):
    list_display = ["__str__", "on", "least", "most", "risk", "letters", "seconds", "known"]
    fieldsets = [
        (None, {"fields": ["on", "least", "most"]}),
        ("What fits", {"fields": ["risk", "letters", "not_apps", "not_markets"]}),
        ("Looking", {"fields": ["seconds", "known"]}),
    ]
    filter_horizontal = ["not_apps"]

    def has_add_permission(self, request: Any) -> bool:
        return False

    def has_delete_permission(self, request: Any, obj: Any = None) -> bool:
        return False
