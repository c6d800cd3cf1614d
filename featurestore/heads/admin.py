"""Heads in the admin: to look at. What changes who serves is done on the pages, with a reason; only the policies of
retraining are edited here."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from brickmod.access.admin_base import AuditedAdmin, ReadOnlyAdmin
from featurestore.heads.forms import PolicyForm
from featurestore.heads.models import (
    HeadAlert,
    HeadVersion,
    PromotionEvent,
    PromotionRequest,
    RetrainingPolicy,
    Serving,
    TrainingRun,
)


@admin.register(RetrainingPolicy)
class RetrainingPolicyAdmin(AuditedAdmin):
    form = PolicyForm
    list_display = ("task", "on", "new_labels", "rare_labels", "days", "on_drift", "checked_at", "said")
    readonly_fields = ("checked_at", "said")

    def _may(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm("heads.train"))

    def has_add_permission(self, request: HttpRequest, *args: Any) -> bool:
        return self._may(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(request)


@admin.register(HeadVersion)
class HeadVersionAdmin(ReadOnlyAdmin):
    list_display = ("task", "version", "standing", "encoder", "view", "made_at", "mlflow_version")
    list_filter = ("task", "standing")
    exclude = ("onnx", "mirroring_since")

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).defer("onnx")


@admin.register(Serving)
class ServingAdmin(ReadOnlyAdmin):
    list_display = ("task", "alias", "head", "threshold", "canary", "since")
    list_filter = ("task",)
    list_select_related = ("head",)


@admin.register(PromotionEvent)
class PromotionEventAdmin(ReadOnlyAdmin):
    list_display = ("at", "task", "kind", "old", "new", "by", "seconded_by", "reason")
    list_filter = ("task", "kind")
    list_select_related = ("old", "new", "by", "seconded_by")


@admin.register(PromotionRequest)
class PromotionRequestAdmin(ReadOnlyAdmin):
    list_display = ("at", "task", "head", "by", "outcome", "ended_by", "ended_at")
    list_filter = ("task", "outcome")
    list_select_related = ("head", "by", "ended_by")


@admin.register(TrainingRun)
class TrainingRunAdmin(ReadOnlyAdmin):
    list_display = ("asked_at", "task", "state", "because", "ended_at", "head", "error")
    list_filter = ("task", "state")
    list_select_related = ("head",)


@admin.register(HeadAlert)
class HeadAlertAdmin(ReadOnlyAdmin):
    list_display = ("last_at", "task", "kind", "version", "times", "ended_at", "says")
    list_filter = ("task", "kind")
