"""Creations in the admin: to be looked up. What is withdrawn, the app withdraws."""

from django.contrib import admin

from brickmod.access.admin_base import ReadOnlyAdmin
from engagement.creations.models import Creation


@admin.register(Creation)
class CreationAdmin(ReadOnlyAdmin):
    list_display = ["external_id", "app", "market", "language", "title", "published_at"]
    list_filter = ["app", "market"]
    search_fields = ["=id", "=external_id", "=author"]
    date_hierarchy = "published_at"
    show_full_result_count = False
    list_select_related = ["app"]
