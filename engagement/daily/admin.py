"""Runs in the admin: to look at."""

from django.contrib import admin

from brickmod.access.admin_base import ReadOnlyAdmin
from engagement.daily.models import DailyRun


@admin.register(DailyRun)
class DailyRunAdmin(ReadOnlyAdmin):
    list_display = ["day", "market", "state", "creations", "likes", "started_at", "ended_at"]
    list_filter = ["state", "market"]
