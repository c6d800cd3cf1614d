"""People, roles, apps, keys and the trail, in the admin."""

import json
from typing import Any

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.models import Group
from django.db import models
from django.http import HttpRequest
from django.utils.html import format_html
from unfold.decorators import display
from unfold.forms import AdminPasswordChangeForm

from brickmod.access import actions, admin_keys, admin_others  # noqa: F401  (they register their own)
from brickmod.access.admin_base import AuditedAdmin, ReadOnlyAdmin
from brickmod.access.forms import NewPersonForm, PersonForm
from brickmod.access.models import AuditEvent, Role, User, Verb

admin.site.index_title = "Admin"
admin.site.unregister(Group)


@admin.register(User)
class UserAdmin(DjangoUserAdmin, AuditedAdmin):
    """People are disabled, not deleted: what they did must keep its name."""

    form = PersonForm
    add_form = NewPersonForm
    change_password_form = AdminPasswordChangeForm
    list_display = ("username", "full_name", "role_names", "team", "is_active", "last_login")
    list_filter = ("groups", "is_active")
    search_fields = ("username", "first_name", "last_name", "email", "team")
    ordering = ("username",)
    readonly_fields = ("last_login", "date_joined")
    filter_horizontal = ()
    fieldsets = (
        (None, {"fields": ("username", "password", "is_active")}),
        ("What they may do", {"fields": ("roles",)}),
        ("Who they are", {"fields": ("first_name", "last_name", "email", "team", "languages", "skills")}),
        ("When", {"fields": ("last_login", "date_joined")}),
    )
    add_fieldsets = (
        (None, {"fields": ("username", "usable_password", "password1", "password2")}),
        ("What they may do", {"fields": ("roles",)}),
        ("Who they are", {"fields": ("first_name", "last_name", "email", "team", "languages", "skills")}),
    )

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[User]:
        return super().get_queryset(request).prefetch_related("groups")

    @display(description="Name")
    def full_name(self, user: User) -> str:
        return user.get_full_name()

    @display(description="Roles")
    def role_names(self, user: User) -> str:
        names = {group.name for group in user.groups.all()}
        return ", ".join(str(label) for role, label in Role.choices if role in names)

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return False

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        actions.set_roles(form.instance, form.cleaned_data.get("roles", []), by=request.user)  # type: ignore[arg-type]

    def tell(self, request: HttpRequest, verb: Verb, obj: models.Model) -> None:
        _, new = getattr(request, "audited", ({}, {}))
        super().tell(request, Verb.PASSWORD if set(new) == {"password"} else verb, obj)


@admin.register(Group)
class GroupAdmin(ReadOnlyAdmin):
    """Roles are written in the code, where they are reviewed; this shows what each may do."""

    list_display = ("name", "people")
    search_fields = ("name",)
    fields = ("name", "may")
    readonly_fields = ("may",)

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Group]:
        return super().get_queryset(request).annotate(people=models.Count("user"))

    @display(description="People", ordering="people")
    def people(self, group: Any) -> int:
        return int(group.people)

    @display(description="May")
    def may(self, group: Group) -> str:
        return "\n".join(str(p.name) for p in group.permissions.order_by("content_type__app_label", "name"))


@admin.register(AuditEvent)
class AuditEventAdmin(ReadOnlyAdmin):
    """The trail, newest first."""

    list_display = ("when", "who", "did", "kind", "object_id")
    list_filter = (
        "verb",
        "kind",
        ("user", admin.RelatedOnlyFieldListFilter),
        ("app", admin.RelatedOnlyFieldListFilter),
    )
    list_filter_submit = False
    list_select_related = ("user", "app")
    search_fields = ("=object_id", "user__username", "app__slug")
    search_help_text = "An object's id, a person's or an app's name"
    fields = ("when", "who", "did", "kind", "object_id", "before", "after")
    readonly_fields = ("when", "who", "did", "before", "after")

    @display(description="When (UTC)", ordering="id")
    def when(self, event: AuditEvent) -> str:
        return f"{event.at:%Y-%m-%d %H:%M:%S}"

    @display(description="Who")
    def who(self, event: AuditEvent) -> str:
        return str(event.user or event.app or "the house itself")

    @display(description="Did", ordering="verb")
    def did(self, event: AuditEvent) -> str:
        return str(event.get_verb_display())

    @display(description="Before")
    def before(self, event: AuditEvent) -> str:
        return _pretty(event.old)

    @display(description="After")
    def after(self, event: AuditEvent) -> str:
        return _pretty(event.new)


def _pretty(value: Any) -> str:
    if value is None:
        return ""
    return format_html("<pre>{}</pre>", json.dumps(value, indent=2, ensure_ascii=False))
