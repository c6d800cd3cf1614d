"""Characters are looked after here; what they said and liked is only looked at."""

from django.contrib import admin

from brickmod.access.admin_base import AuditedAdmin, ReadOnlyAdmin
from engagement.characters.models import Character, Draft, Like, OptOut


@admin.register(Character)
class CharacterAdmin(AuditedAdmin):
    list_display = ["name", "slug", "voice", "themes", "languages", "wakes", "sleeps", "active"]
    list_filter = ["active", "voice"]
    search_fields = ["name", "slug"]
    prepopulated_fields = {"slug": ["name"]}


@admin.register(Like)
class LikeAdmin(ReadOnlyAdmin):
    list_display = ["creation", "character", "due_at", "given_at"]
    list_filter = ["character"]
    search_fields = ["=creation__external_id"]
    list_select_related = ["creation", "character"]


@admin.register(Draft)
class DraftAdmin(ReadOnlyAdmin):
    """Approved on the engager's page alone: here nothing can be changed."""

    list_display = ["creation", "character", "language", "state", "edited", "approved_by", "post_at"]
    list_filter = ["state", "character", "language"]
    search_fields = ["=id", "=creation__external_id"]
    list_select_related = ["creation", "character", "approved_by"]


@admin.register(OptOut)
class OptOutAdmin(ReadOnlyAdmin):
    list_display = ["app", "author", "since"]
    list_filter = ["app"]
    search_fields = ["=author"]
