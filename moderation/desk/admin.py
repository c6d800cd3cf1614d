"""Decisions in the admin: to be looked up, never to be changed."""

from django.contrib import admin

from brickmod.access.admin_base import ReadOnlyAdmin
from moderation.desk import admin_queues  # noqa: F401  (they register their own)
from moderation.desk.models import Decision


@admin.register(Decision)
class DecisionAdmin(ReadOnlyAdmin):
    list_display = ["submission", "outcome", "reasons", "moderator", "policy", "decided_at", "undone_at"]
    list_filter = ["outcome", "policy", "moderator"]
    search_fields = ["=submission__id", "=submission__external_id"]
    date_hierarchy = "decided_at"
    list_select_related = ["submission", "moderator"]
    show_full_result_count = False
