from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from brickmod.access.admin_base import AuditedAdmin, ReadOnlyAdmin
from moderation.appeals.models import Appeal, AppealRule


@admin.register(AppealRule)
class AppealRuleAdmin(AuditedAdmin):
    list_display = ("market", "days", "hours")
    fields = ("market", "days", "hours")


@admin.register(Appeal)
class AppealAdmin(ReadOnlyAdmin):
    list_display = ("id", "outcome", "market", "made_at", "due_at", "decided_at", "labels")
    list_filter = ("outcome", "market")
    fields = ("outcome", "words", "reasons", "detectors", "policy", "market", "language", "made_at", "due_at",
              "first_by", "decided_by", "decided_at", "note", "feedback", "labels")  # fmt: skip

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """What is held is shown on no page but that of its case."""
        return super().get_queryset(request).exclude(submission__held=True)
