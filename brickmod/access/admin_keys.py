"""Apps and their keys in the admin: issue, rotate, revoke. A key is shown once, in the answer that made it."""

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from unfold.decorators import action, display

from brickmod.access import actions
from brickmod.access.admin_base import AuditedAdmin, ReadOnlyInline
from brickmod.access.forms import ConfirmForm, IssueKeyForm, RotateKeyForm
from brickmod.access.models import ApiKey, App

STATES = {"works": "success", "ends soon": "warning", "expired": "danger", "revoked": "danger"}


def state_of(key: ApiKey) -> str:
    now = timezone.now()
    if key.revoked_at is not None:
        return "revoked"
    if key.expires_at is None:
        return "works"
    if key.expires_at <= now:
        return "expired"
    return "ends soon" if key.expires_at < now + timedelta(days=14) else "works"


class KeyInline(ReadOnlyInline):
    model = ApiKey
    fields = ("begins", "name", "scope_names", "state", "expires_at", "last_used_on")
    readonly_fields = fields
    verbose_name_plural = "API keys"
    hide_title = True

    @display(description="Key")
    def begins(self, key: ApiKey) -> str:
        return f"{key.start}…"

    @display(description="Scopes")
    def scope_names(self, key: ApiKey) -> str:
        return ", ".join(key.scopes)

    @display(description="State", label=STATES)
    def state(self, key: ApiKey) -> str:
        return state_of(key)


class _KeyPages(AuditedAdmin):
    """Pages that ask before they do."""

    def ask(self, request: HttpRequest, obj: Any, form: forms.Form, title: str, says: str, button: str) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "opts": self.model._meta,
            "original": obj,
            "title": title,
            "says": says,
            "button": button,
            "form": form,
            "back": reverse(f"admin:access_{self.model._meta.model_name}_change", args=[obj.pk]),
        }
        return TemplateResponse(request, "access/ask.html", context)

    def show_key(self, request: HttpRequest, key: ApiKey, secret: str) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "opts": App._meta,
            "original": key.app,
            "title": f"A new key for {key.app}",
            "key": key,
            "secret": secret,
            "back": reverse("admin:access_app_change", args=[key.app_id]),
        }
        response = TemplateResponse(request, "access/key_made.html", context)
        add_never_cache_headers(response)
        return response


@admin.register(App)
class AppAdmin(_KeyPages):
    """An app is switched off, not deleted: its submissions and its trail keep their name."""

    list_display = ("name", "slug", "active", "review_minutes", "working_keys", "created_at")
    list_filter = ("active",)
    search_fields = ("name", "slug")
    prepopulated_fields = {"slug": ("name",)}
    readonly_fields = ("created_at",)
    fields = ("name", "slug", "active", "review_minutes", "created_at")
    inlines = (KeyInline,)
    actions_detail = ("issue_key",)

    def has_delete_permission(self, request: HttpRequest, obj: App | None = None) -> bool:
        return False

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).prefetch_related("keys")

    @display(description="Working keys")
    def working_keys(self, app: App) -> int:
        return sum(state_of(key) in {"works", "ends soon"} for key in app.keys.all())

    @action(description="Issue a key", url_path="issue-key", permissions=["change"], icon="key")
    def issue_key(self, request: HttpRequest, object_id: str) -> HttpResponse:
        app = get_object_or_404(App, pk=object_id)
        form = IssueKeyForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            data = form.cleaned_data
            key, secret = actions.issue_key(
                app,
                data["scopes"],
                data["name"],
                form.expires_at(),
                by=request.user,  # type: ignore[arg-type]
            )
            return self.show_key(request, key, secret)
        says = "The key is shown once, on the next page. Only its hash is kept here."
        return self.ask(request, app, form, f"Issue a key for {app}", says, "Issue the key")


@admin.register(ApiKey)
class ApiKeyAdmin(_KeyPages):
    list_display = ("begins", "app", "name", "scope_names", "state", "expires_at", "last_used_on")
    list_filter = ("app",)
    list_select_related = ("app",)
    search_fields = ("start", "name", "app__name")
    fields = ("app", "name", "begins", "scope_names", "state", "created_at", "expires_at", "revoked_at", "last_used_on")
    readonly_fields = tuple(name for name in fields if name != "name")
    actions = ("revoke_chosen",)
    actions_detail = ("rotate", "revoke")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False  # an app's page issues keys

    def has_delete_permission(self, request: HttpRequest, obj: ApiKey | None = None) -> bool:
        return False  # revoked, so that the trail can still be read

    @display(description="Key", ordering="start")
    def begins(self, key: ApiKey) -> str:
        return f"{key.start}…"

    @display(description="Scopes")
    def scope_names(self, key: ApiKey) -> str:
        return ", ".join(key.scopes)

    @display(description="State", label=STATES)
    def state(self, key: ApiKey) -> str:
        return state_of(key)

    @action(description="Rotate", url_path="rotate", permissions=["change"], icon="autorenew")
    def rotate(self, request: HttpRequest, object_id: str) -> HttpResponse:
        key = get_object_or_404(ApiKey.objects.select_related("app"), pk=object_id)
        form = RotateKeyForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            try:
                grace = timedelta(hours=form.cleaned_data["hours"])
                fresh, secret = actions.rotate_key(key, grace, by=request.user)  # type: ignore[arg-type]
            except ValueError as error:
                messages.error(request, str(error))
                return self._back_to(key)
            return self.show_key(request, fresh, secret)
        says = "A new key takes over. The old one goes on working for a while, so that the app can change over calmly."
        return self.ask(request, key, form, f"Rotate {key}", says, "Make the new key")

    @action(description="Revoke", url_path="revoke", permissions=["change"], icon="block")
    def revoke(self, request: HttpRequest, object_id: str) -> HttpResponse:
        key = get_object_or_404(ApiKey.objects.select_related("app"), pk=object_id)
        if request.method == "POST":
            if actions.revoke_key(key, by=request.user):  # type: ignore[arg-type]
                messages.success(request, "The key is revoked: it no longer opens anything.")
            else:
                messages.info(request, "The key had been revoked before.")
            return self._back_to(key)
        says = "The app that uses it is shut out at once. This cannot be undone."
        return self.ask(request, key, ConfirmForm(), f"Revoke {key}", says, "Revoke it")

    @admin.action(description="Revoke the chosen keys", permissions=["change"])
    def revoke_chosen(self, request: HttpRequest, queryset: Any) -> None:
        if not self.has_change_permission(request):
            raise PermissionDenied
        done = sum(actions.revoke_key(key, by=request.user) for key in queryset)  # type: ignore[arg-type]
        messages.success(request, f"Revoked: {done}.")

    def _back_to(self, key: ApiKey) -> HttpResponse:
        return HttpResponseRedirect(reverse("admin:access_apikey_change", args=[key.pk]))
