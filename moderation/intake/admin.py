"""Submissions in the admin: to be looked up and erased, never to be changed. All else happens on the desk."""

from contextlib import suppress
from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from brickmod.access.admin_base import ReadOnlyAdmin, ReadOnlyInline
from moderation.intake.actions import Held, erase
from moderation.intake.models import ErasureReceipt, Part, Submission


class PartInline(ReadOnlyInline):
    model = Part
    fields = ["name", "kind", "text", "width", "height", "seconds", "had_gps", "digest"]
    readonly_fields = ["name"]
    show_change_link = False


@admin.register(Submission)
class SubmissionAdmin(ReadOnlyAdmin):
    list_display = ["external_id", "app", "market", "language", "state", "decided_by", "received_at", "review_due_at"]
    list_filter = ["state", "decided_by", "app", "market"]
    search_fields = ["=id", "=external_id", "=author", "=trail"]
    date_hierarchy = "received_at"
    inlines = [PartInline]
    show_full_result_count = False
    list_select_related = ["app"]
    readonly_fields = ["trail"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Submission]:
        """What is held is shown on no page but that of its case."""
        return super().get_queryset(request).filter(held=False)

    # -- erasing: Django's own page asks, and what follows is the same as through the API
    def has_delete_permission(self, request: HttpRequest, obj: Submission | None = None) -> bool:
        return bool(request.user.has_perm("intake.erase"))

    def get_deleted_objects(
        self, objs: Any, request: HttpRequest
    ) -> tuple[list[str], dict[str, int], set[str], list[str]]:
        return [str(obj) for obj in objs], {"submissions, with all that belongs to them": len(objs)}, set(), []

    def delete_model(self, request: HttpRequest, obj: Submission) -> None:
        with suppress(Held):  # since the page was opened
            request.receipt = erase(obj, by=request.user)  # type: ignore[attr-defined, arg-type]

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Submission]) -> None:
        for submission in queryset:
            with suppress(Held):
                erase(submission, by=request.user)  # type: ignore[arg-type]

    def log_deletions(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        """Neither trail nor history may name what is erased: the receipt stands there instead."""

    def response_delete(self, request: HttpRequest, obj_display: str, obj_id: Any) -> HttpResponse:
        receipt = getattr(request, "receipt", None)
        messages.success(request, f"Erased. Receipt: {receipt}" if receipt else "Nothing was erased: it is gone.")
        return HttpResponseRedirect(reverse("admin:intake_submission_changelist"))


@admin.register(ErasureReceipt)
class ErasureReceiptAdmin(ReadOnlyAdmin):
    """What was erased, without what it was."""

    list_display = ["id", "app", "at", "scrubbed_at"]
    list_filter = ["app"]
    search_fields = ["=id"]
    date_hierarchy = "at"
    list_select_related = ["app"]
