"""Queues and due times in the admin: settings of the desk, as rows."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db import models, transaction
from django.http import HttpRequest
from unfold.widgets import UnfoldAdminTextInputWidget

from brickmod.access.admin_base import AuditedAdmin
from brickmod.access.forms import WordsField
from brickmod.markets import is_language, is_market
from moderation.desk.tasks import ask_to_reroute
from moderation.feedback.models import Reason
from moderation.queues.models import DueTime, Queue
from moderation.queues.routing import primary


def words(says: str) -> WordsField:
    return WordsField(required=False, widget=UnfoldAdminTextInputWidget, help_text=says)


class QueueForm(forms.ModelForm):
    markets = words("ISO 3166, with commas: DK, DE. Empty: all.")
    languages = words("Primary tags, with commas: da, de. Empty: all.")
    reasons = words("Codes of suspected reasons, with commas: rude, face. Empty: whatever was found.")

    class Meta:
        model = Queue
        fields = (
            "name", "slug", "position", "apps", "markets", "languages", "reasons", "skill", "leads", "escalations",
        )  # fmt: skip

    def clean_markets(self) -> list[str]:
        codes = [code.upper() for code in self.cleaned_data["markets"]]
        return _known(codes, is_market, "no market")

    def clean_languages(self) -> list[str]:
        return _known([primary(tag) for tag in self.cleaned_data["languages"]], is_language, "no language")

    def clean_reasons(self) -> list[str]:
        there = set(Reason.objects.values_list("code", flat=True))
        return _known(self.cleaned_data["reasons"], there.__contains__, "no reason")

    def clean_skill(self) -> str:
        return str(self.cleaned_data["skill"]).strip().lower()


def _known(words: list[str], is_one: Any, says: str) -> list[str]:
    if unknown := [word for word in words if not is_one(word)]:
        raise forms.ValidationError(f"{says}: {', '.join(unknown)}".capitalize())
    return list(dict.fromkeys(words))


@admin.register(Queue)
class QueueAdmin(AuditedAdmin):
    """What waits is sorted anew when conditions change."""

    form = QueueForm
    list_display = ("name", "position", "skill", "leads", "escalations")
    filter_horizontal = ("apps",)
    prepopulated_fields = {"slug": ("name",)}

    def get_readonly_fields(self, request: HttpRequest, obj: Queue | None = None) -> tuple[str, ...]:
        return ("slug",) if obj else ()  # submissions remember where they wait by it

    def get_prepopulated_fields(self, request: HttpRequest, obj: Queue | None = None) -> dict[str, Any]:
        return {} if obj else {"slug": ("name",)}

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        transaction.on_commit(ask_to_reroute)

    def delete_model(self, request: HttpRequest, obj: Queue) -> None:
        super().delete_model(request, obj)
        transaction.on_commit(ask_to_reroute)

    def delete_queryset(self, request: HttpRequest, queryset: models.QuerySet[Queue]) -> None:
        super().delete_queryset(request, queryset)
        transaction.on_commit(ask_to_reroute)


@admin.register(DueTime)
class DueTimeAdmin(AuditedAdmin):
    """Counts for what comes in from now on; what waits keeps the time that it was given."""

    list_display = ("app", "market", "minutes", "warn_minutes", "weight")
    list_filter = ("app",)

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if db_field.name == "market" and field is not None:
            field.clean = _market(field.clean)
        return field


def _market(clean: Any) -> Any:
    def cleaned(value: Any) -> str:
        code = str(clean(value) or "").upper()
        if code and not is_market(code):
            raise forms.ValidationError("No market: two letters of ISO 3166, e.g. DK.")
        return code

    return cleaned
