"""Alerts in the admin: to be looked up, never to be changed."""

from django.contrib import admin

from brickmod.access.admin_base import ReadOnlyAdmin
from moderation.alerts.models import Alert


@admin.register(Alert)
class AlertAdmin(ReadOnlyAdmin):
    list_display = ["series", "app", "version", "market", "counted", "expected", "since", "state", "closed_by"]
    list_filter = ["state", "app"]
    list_select_related = ["app", "closed_by"]
