"""Reasons, texts and policies in the admin. Whatever is saved here is marked as edited and makes a new policy."""

from typing import Any, ClassVar

from django.contrib import admin, messages
from django.db import models
from django.forms import BaseModelFormSet, Field
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from unfold.admin import TabularInline
from unfold.decorators import action, display
from unfold.widgets import UnfoldAdminTextareaWidget

from brickmod.access.admin_base import AuditedAdmin, ReadOnlyAdmin
from moderation.feedback import shipped
from moderation.feedback.actions import new_policy
from moderation.feedback.joining import join
from moderation.feedback.languages import UNSPACED
from moderation.feedback.models import Example, FeedbackText, HelpLine, MarketRule, Occasion, Policy, Reason

_BUBBLE = '<p class="border border-base-200 rounded-default p-3 mb-2 max-w-2xl dark:border-base-700" lang="{}">{}</p>'


class PolicyWriting(AuditedAdmin):
    """An admin page whose changes are a new policy: one for each page that is saved, in the same transaction."""

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if form.changed_data:
            obj.edited = True  # from now on a new release leaves it alone
        super().save_model(request, obj, form, change)

    def save_formset(self, request: HttpRequest, form: Any, formset: BaseModelFormSet, change: bool) -> None:
        for row in formset.save(commit=False):
            if isinstance(row, FeedbackText):
                row.edited = True
            row.save()
        for gone in formset.deleted_objects:
            gone.delete()
        formset.save_m2m()

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        touched = [row for formset in formsets for row in _touched(formset)]
        where = [getattr(row, "language", None) or getattr(row, "market", "") or "its examples" for row in touched]
        if form.changed_data or touched:
            what = f"{form.instance}" + (f" in {', '.join(dict.fromkeys(where))}" if where else "")
            self.write_policy(request, f"Changed {what}.")

    @display(description="Wording", ordering="edited")
    def wording(self, row: Any) -> str:
        return "changed here" if row.edited else "as it came"

    def write_policy(self, request: HttpRequest, summary: str) -> None:
        policy = new_policy(summary, user=request.user)
        messages.info(request, f"Policy {policy.version} is in force now. Earlier decisions keep theirs.")


def _touched(formset: Any) -> list[Any]:
    return [*formset.new_objects, *(text for text, _ in formset.changed_objects), *formset.deleted_objects]


def _roomy(field: Field | None, name: str) -> Field | None:
    """A text is three sentences long: it is written in a box, not in a line."""
    if field is not None and name == "text":
        field.widget = UnfoldAdminTextareaWidget(attrs={"rows": 4, "maxlength": 400})
    return field


class TextInline(TabularInline):
    model = FeedbackText
    fields = ("language", "title", "text")
    ordering = ("language",)
    extra = 0
    tab = True
    verbose_name_plural = "What a child reads"

    def formfield_for_dbfield(self, db_field: models.Field, request: HttpRequest, **kwargs: Any) -> Any:
        return _roomy(super().formfield_for_dbfield(db_field, request, **kwargs), db_field.name)


class MarketInline(TabularInline):
    model = MarketRule
    fields = ("market", "severity", "offered", "explains")
    extra = 0
    tab = True
    verbose_name_plural = "In single markets"


class ExampleInline(TabularInline):
    model = Example
    fields = ("verdict", "answer", "text", "picture", "why", "market", "position")
    extra = 0
    tab = True


@admin.register(Reason)
class ReasonAdmin(PolicyWriting):
    """Reasons are retired, not deleted: old decisions name them."""

    list_display = ("title", "code", "key", "severity", "task", "languages", "offered", "wording")
    list_filter = ("retired", "edited")
    search_fields = ("code", "title", "explains")
    fields: ClassVar = [
        ("code", "title"),
        "explains",
        ("key", "position"),
        ("severity", "alone"),
        ("task", "retired"),
        "preview",
    ]
    readonly_fields = ("preview",)
    inlines = (TextInline, MarketInline, ExampleInline)

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Reason]:
        return super().get_queryset(request).annotate(in_languages=models.Count("texts"))

    def get_readonly_fields(self, request: HttpRequest, obj: Reason | None = None) -> tuple[str, ...]:
        return ("code", "preview") if obj else ("preview",)

    def has_delete_permission(self, request: HttpRequest, obj: Reason | None = None) -> bool:
        return False

    @display(description="Languages", ordering="in_languages")
    def languages(self, reason: Any) -> int:
        return int(reason.in_languages)

    @display(description="On the desk", ordering="retired")
    def offered(self, reason: Reason) -> str:
        return "retired" if reason.retired else "offered"

    @display(description="A child reads, for example")
    def preview(self, reason: Reason) -> str:
        samples = reason.texts.filter(language__in=("en", "da", "de", "ja")) if reason.pk else ()
        return format_html_join("", _BUBBLE, ((each.language, f"{each.title}: {each.text}") for each in samples))


@admin.register(FeedbackText)
class FeedbackTextAdmin(PolicyWriting):
    list_display = ("subject", "language", "title", "text", "wording")
    list_filter = ("language", "occasion", ("reason", admin.RelatedOnlyFieldListFilter), "edited")
    list_select_related = ("reason",)
    search_fields = ("title", "text")
    fields: ClassVar = [("occasion", "reason"), ("language", "title"), "text", "preview", "as_it_came"]
    readonly_fields = ("preview", "as_it_came")
    actions = ("back_to_shipped",)

    def get_readonly_fields(self, request: HttpRequest, obj: FeedbackText | None = None) -> tuple[str, ...]:
        # What a text is for stays; otherwise a release would plant a second one in the place it left.
        fixed = ("occasion", "reason", "language") if obj else ()
        return (*fixed, "preview", "as_it_came")

    def formfield_for_dbfield(self, db_field: models.Field, request: HttpRequest, **kwargs: Any) -> Any:
        return _roomy(super().formfield_for_dbfield(db_field, request, **kwargs), db_field.name)

    def delete_model(self, request: HttpRequest, obj: FeedbackText) -> None:
        super().delete_model(request, obj)
        self.write_policy(request, f"Deleted {obj}.")

    def delete_queryset(self, request: HttpRequest, queryset: models.QuerySet[FeedbackText]) -> None:
        names = ", ".join(map(str, queryset))
        super().delete_queryset(request, queryset)
        self.write_policy(request, f"Deleted {names}.")

    @display(description="A child reads")
    def preview(self, text: FeedbackText) -> str:
        """The text alone, and as the first and the second of two."""
        if not text.pk or text.occasion != Occasion.REASON:
            return format_html(_BUBBLE, text.language, text.text)
        other = FeedbackText.objects.filter(language=text.language, reason__isnull=False).exclude(pk=text.pk).first()
        between = FeedbackText.objects.filter(language=text.language, occasion=Occasion.BETWEEN).first()
        if other is None:
            return format_html(_BUBBLE, text.language, text.text)
        words, space = between.text if between else "", "" if text.language.partition("-")[0] in UNSPACED else " "
        shown = (text.text, join(text.text, other.text, words, space), join(other.text, text.text, words, space))
        return format_html_join("", _BUBBLE, ((text.language, each) for each in shown))

    @display(description="As it came with BrickMod")
    def as_it_came(self, text: FeedbackText) -> SafeString | str:
        told = shipped.texts().get((text.subject, text.language))
        return format_html(_BUBBLE, text.language, told.text) if told else "It was written here."

    @action(description="Put back as it came with BrickMod", permissions=["change"])
    def back_to_shipped(self, request: HttpRequest, queryset: models.QuerySet[FeedbackText]) -> None:
        put_back = []
        for text in queryset.filter(edited=True):
            if told := shipped.texts().get((text.subject, text.language)):
                request.audited = ({"text": text.text}, {"text": told.text})  # type: ignore[attr-defined]
                text.title, text.text, text.edited = told.title, told.text, False
                text.save(update_fields=["title", "text", "edited"])
                self.log_change(request, text, "Put back as it came.")
                put_back.append(str(text))
        if put_back:
            self.write_policy(request, f"Put back as it came: {', '.join(put_back)}.")
        else:
            messages.info(request, "None of these was changed here.")


@admin.register(HelpLine)
class HelpLineAdmin(PolicyWriting):
    """Whom a child in need can call. What came with BrickMod waits until somebody here has checked it."""

    list_display = ("name", "market", "contact", "checked_on", "checked_by")
    list_filter = ("market", ("checked_on", admin.EmptyFieldListFilter))
    search_fields = ("name", "market")
    fields: ClassVar = [("market", "name"), "contact", ("checked_on", "checked_by"), "position"]

    def delete_model(self, request: HttpRequest, obj: HelpLine) -> None:
        super().delete_model(request, obj)
        self.write_policy(request, f"Deleted {obj}.")

    def delete_queryset(self, request: HttpRequest, queryset: models.QuerySet[HelpLine]) -> None:
        names = ", ".join(map(str, queryset))
        super().delete_queryset(request, queryset)
        self.write_policy(request, f"Deleted {names}.")


@admin.register(Policy)
class PolicyAdmin(ReadOnlyAdmin):
    """The history: which reasons and texts held when. Nothing here is ever changed."""

    list_display = ("version", "since", "summary")
    fields = ("version", "since", "summary")
    search_fields = ("summary",)

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Policy]:
        return super().get_queryset(request).defer("content")
