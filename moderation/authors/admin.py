"""The strike policy, to be changed; what followed for whom, to look at (people act on the page of authors)."""

from django.contrib import admin
from django.http import HttpRequest

from brickmod.access.admin_base import AuditedAdmin, ReadOnlyAdmin
from moderation.authors.models import Measure, Step, StrikeRule


@admin.register(StrikeRule)
class StrikeRuleAdmin(AuditedAdmin):
    list_display = ("reason", "market", "points", "half_life_days", "expires_days")
    list_filter = ("market",)
    list_select_related = ("reason",)
    fields = ("reason", "market", "points", "half_life_days", "expires_days")


@admin.register(Step)
class StepAdmin(AuditedAdmin):
    list_display = ("at", "market", "follows", "days", "a_day", "needs_person")
    list_filter = ("market", "follows")
    fields = ("at", "market", "follows", "days", "a_day", "needs_person")


@admin.register(Measure)
class MeasureAdmin(ReadOnlyAdmin):
    list_display = ("author", "follows", "state", "since", "until", "end")
    list_filter = ("state", "follows", "end")
    list_select_related = ("author",)
    fields = (
        "author", "follows", "days", "a_day", "state", "reasons", "points", "policy", "because", "asked_by",
        "agreed_by", "since", "until", "ended_at", "ended_by", "end", "end_because",
    )  # fmt: skip

    def has_view_permission(self, request: HttpRequest, obj: Measure | None = None) -> bool:
        return bool(request.user.has_perm("authors.see"))
