"""What every page of our admin shares: the look, and that whatever is done there stands in the audit trail."""

from typing import Any

from django.db import models, transaction
from django.http import HttpRequest, HttpResponse
from unfold.admin import ModelAdmin, TabularInline

from brickmod.access import audit
from brickmod.access.models import Verb

_LONGEST = 500
_SECRET = ("password", "secret", "digest", "token")


class AuditedAdmin(ModelAdmin):
    """Add, change and delete are written to the trail, with the old and the new value of what changed.

    Fields whose names speak of a secret are named there, but not shown.
    """

    list_per_page = 50
    show_full_result_count = False  # counting a million rows takes longer than showing fifty
    compressed_fields = True
    warn_unsaved_form = True

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        if request.method != "POST":
            return super().changelist_view(request, extra_context)
        with transaction.atomic():  # Django does so for one object's page, not for actions on the list
            return super().changelist_view(request, extra_context)

    def construct_change_message(self, request: HttpRequest, form: Any, formsets: Any, add: bool = False) -> Any:
        message = super().construct_change_message(request, form, formsets, add)
        request.audited = _values(form, formsets, add)  # type: ignore[attr-defined]  # for log_… below, same request
        return message

    def log_addition(self, request: HttpRequest, obj: models.Model, message: Any) -> Any:
        self.tell(request, Verb.ADMIN_ADD, obj)
        return super().log_addition(request, obj, message)

    def log_change(self, request: HttpRequest, obj: models.Model, message: Any) -> Any:
        self.tell(request, Verb.ADMIN_CHANGE, obj)
        return super().log_change(request, obj, message)

    def log_deletions(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> Any:
        for obj in queryset:
            audit.record(Verb.ADMIN_DELETE, _kind(obj), obj.pk, user=request.user, old={"was": str(obj)[:_LONGEST]})
        return super().log_deletions(request, queryset)

    def tell(self, request: HttpRequest, verb: Verb, obj: models.Model) -> None:
        """One row of the trail about `obj`, with what `construct_change_message` saw of the form."""
        old, new = getattr(request, "audited", ({}, {}))
        if verb == Verb.ADMIN_CHANGE and not old and not new:
            return  # saved without a change
        audit.record(verb, _kind(obj), obj.pk, user=request.user, old=old or None, new=new or None)


class ReadOnlyAdmin(AuditedAdmin):
    """To look at; nothing can be added, changed or deleted here."""

    def has_add_permission(self, request: HttpRequest, *args: Any) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class ReadOnlyInline(TabularInline):
    """Rows that belong to the page's object, to look at."""

    extra = 0
    max_num = 0
    can_delete = False
    show_change_link = True

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


def _kind(obj: models.Model) -> str:
    return str(obj._meta.model_name)


def _values(form: Any, formsets: Any, add: bool) -> tuple[dict[str, Any], dict[str, Any]]:
    old, new = {}, {}
    for name in form.changed_data if form else ():
        hidden = any(word in name for word in _SECRET)
        old[name] = (
            "(hidden)"
            if hidden
            else _plain(form.get_initial_for_field(form.fields[name], name))
            if name in form.fields
            else None
        )
        new[name] = "(hidden)" if hidden else _plain(form.cleaned_data.get(name))
    for formset in formsets or ():
        for verb, objects in (
            ("added", formset.new_objects),
            ("changed", [obj for obj, _ in formset.changed_objects]),
            ("deleted", formset.deleted_objects),
        ):
            if objects:
                new[f"{formset.model._meta.model_name} {verb}"] = [_plain(obj) for obj in objects]
    return ({} if add else old), new


def _plain(value: Any) -> Any:
    """A form's value as JSON, cut short."""
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, models.Model):
        return f"{value.pk}: {value}"[:_LONGEST]
    if isinstance(value, models.QuerySet | list | tuple | set):
        return [_plain(inner) for inner in value]
    if isinstance(value, dict):
        return {str(name): _plain(inner) for name, inner in value.items()}
    return str(value)[:_LONGEST]
