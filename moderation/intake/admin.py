"""Submissions in the admin: to be looked up, never to be changed. What happens to them happens on the desk."""

from django.contrib import admin

from brickmod.access.admin_base import ReadOnlyAdmin, ReadOnlyInline
from moderation.intake.models import Part, Submission


class PartInline(ReadOnlyInline):
    model = Part
    fields = ["name", "kind", "text", "width", "height", "seconds", "had_gps", "digest"]
    readonly_fields = ["name"]
    show_change_link = False


@admin.register(Submission)
class SubmissionAdmin(ReadOnlyAdmin):
    list_display = ["external_id", "app", "market", "language", "state", "decided_by", "received_at", "review_due_at"]
    list_filter = ["state", "decided_by", "app", "market"]
    search_fields = ["=id", "=external_id", "=author"]
    date_hierarchy = "received_at"
    inlines = [PartInline]
    show_full_result_count = False
    list_select_related = ["app"]
