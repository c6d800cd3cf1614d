"""Submissions in the admin: to be looked up, never to be changed. What happens to them happens on the desk."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from unfold.admin import ModelAdmin, TabularInline

from moderation.intake.models import Part, Submission


class PartInline(TabularInline):
    model = Part
    fields = readonly_fields = ["name", "kind", "text", "width", "height", "seconds", "had_gps", "digest"]
    extra = 0
    can_delete = False

    def has_add_permission(self, *args: Any) -> bool:
        return False


@admin.register(Submission)
class SubmissionAdmin(ModelAdmin):
    list_display = ["external_id", "app", "market", "language", "state", "decided_by", "received_at", "review_due_at"]
    list_filter = ["state", "decided_by", "app", "market"]
    search_fields = ["=id", "=external_id", "=author"]
    date_hierarchy = "received_at"
    inlines = [PartInline]
    show_full_result_count = False
    list_select_related = ["app"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
