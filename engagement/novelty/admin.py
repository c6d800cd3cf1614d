"""Cards in the admin: to look at."""

from django.contrib import admin

from brickmod.access.admin_base import ReadOnlyAdmin
from engagement.novelty.models import Card, Round


@admin.register(Card)
class CardAdmin(ReadOnlyAdmin):
    list_display = ["__str__", "state", "size", "stability", "first_week", "last_week", "theme", "decided_by"]
    list_filter = ["state"]
    list_select_related = ["theme", "decided_by"]


@admin.register(Round)
class RoundAdmin(ReadOnlyAdmin):
    list_display = ["week", "state", "looked", "strange", "done_at"]
