"""Themes in the admin: their words are edited on their page; their shape is changed by four buttons that ask first."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from unfold.decorators import action, display

from brickmod.access.admin_base import AuditedAdmin, ReadOnlyAdmin, ReadOnlyInline
from engagement.themes import actions
from engagement.themes.forms import MergeForm, ReasonForm, SplitForm, ThemeForm
from engagement.themes.models import LabelFunction, Standing, TaxonomyVersion, Theme, ThemeChange

STANDINGS = {
    str(Standing.LIVE): "success",
    str(Standing.GROUP): "info",
    str(Standing.MERGED): "warning",
    str(Standing.RETIRED): "danger",
}


@admin.register(Theme)
class ThemeAdmin(AuditedAdmin):
    form = ThemeForm
    list_display = ("name", "slug", "state", "groups", "words")
    list_filter = ("standing", "parents")
    search_fields = ("name", "slug")
    actions_detail = ("split", "merge", "retire", "restore")
    fieldsets = (
        (None, {"fields": ("name", "slug", "standing", "parents")}),
        ("Where and when", {"fields": ("markets", "seasons")}),
        ("Words", {"fields": ("hashtags", "keywords", "known", "aliases")}),
    )

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("standing", "slug") if obj else ("standing",)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).prefetch_related("parents")

    @display(description="State", label=STANDINGS)
    def state(self, theme: Theme) -> tuple[str, str]:
        return theme.standing, {"live": "live", "group": "group"}.get(theme.standing, theme.standing)

    @display(description="Groups")
    def groups(self, theme: Theme) -> str:
        return ", ".join(parent.name for parent in theme.parents.all())

    @display(description="Words")
    def words(self, theme: Theme) -> int:
        return len(theme.known) + len(theme.hashtags) + sum(map(len, theme.keywords.values()))

    def save_model(self, request: HttpRequest, obj: Theme, form: Any, change: bool) -> None:
        if change:
            obj.edited = True
            obj.save()
            return
        fields = {name: value for name, value in form.cleaned_data.items() if name not in {"slug", "name", "parents"}}
        made = actions.add_theme(request.user, obj.slug, obj.name, form.cleaned_data["parents"], **fields)
        obj.pk, obj.edited, obj._state.adding = made.pk, True, False

    @action(description="Split", url_path="split", permissions=["change"], icon="call_split")
    def split(self, request: HttpRequest, object_id: str) -> HttpResponse:
        says = "It becomes a group over the new themes. Its labels stay with it, and mean one of them."
        return self._asked(request, object_id, "Split", says, SplitForm, self._split)

    @action(description="Merge", url_path="merge", permissions=["change"], icon="call_merge")
    def merge(self, request: HttpRequest, object_id: str) -> HttpResponse:
        says = "It ends in another theme, which takes over its labels and its words."
        return self._asked(request, object_id, "Merge", says, MergeForm, self._merge)

    @action(description="Retire", url_path="retire", permissions=["change"], icon="archive")
    def retire(self, request: HttpRequest, object_id: str) -> HttpResponse:
        says = "No creation gets it any more. Its labels are kept, and it can be given again."
        return self._asked(request, object_id, "Retire", says, ReasonForm, self._retire)

    @action(description="Give again", url_path="restore", permissions=["change"], icon="unarchive")
    def restore(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self._asked(request, object_id, "Give again", "Creations get it again.", ReasonForm, self._restore)

    def _split(self, request: HttpRequest, theme: Theme, data: dict[str, Any]) -> None:
        actions.split_theme(request.user, theme, data["parts"], data["reason"])

    def _merge(self, request: HttpRequest, theme: Theme, data: dict[str, Any]) -> None:
        actions.merge_themes(request.user, [theme], data["into"], data["reason"])

    def _retire(self, request: HttpRequest, theme: Theme, data: dict[str, Any]) -> None:
        actions.retire_theme(request.user, theme, data["reason"])

    def _restore(self, request: HttpRequest, theme: Theme, data: dict[str, Any]) -> None:
        actions.restore_theme(request.user, theme, data["reason"])

    def _asked(
        self,
        request: HttpRequest,
        object_id: str,
        title: str,
        says: str,
        kind: type[forms.Form],
        do: Callable[[HttpRequest, Theme, dict[str, Any]], None],
    ) -> HttpResponse:
        """A page with a form; its answer does it."""
        theme = get_object_or_404(Theme, pk=object_id)
        form = kind(request.POST if request.method == "POST" else None)
        if request.method == "POST" and form.is_valid():
            try:
                do(request, theme, form.cleaned_data)
            except actions.CannotChange as error:
                messages.error(request, str(error))
            else:
                messages.success(request, f"{title}: done.")
                return HttpResponseRedirect(reverse("admin:themes_theme_change", args=[theme.pk]))
        context = {
            **self.admin_site.each_context(request),
            "opts": Theme._meta,
            "original": theme,
            "title": f"{title}: {theme}",
            "says": says,
            "form": form,
            "button": title,
            "back": reverse("admin:themes_theme_change", args=[theme.pk]),
        }
        return TemplateResponse(request, "access/ask.html", context)


class ChangeInline(ReadOnlyInline):
    model = ThemeChange
    fields = ("theme", "kind", "heir_names", "reason")
    readonly_fields = ("heir_names",)
    show_change_link = False

    @display(description="Labels went to")
    def heir_names(self, change: ThemeChange) -> str:
        return ", ".join(heir.name for heir in change.heirs.all())


@admin.register(TaxonomyVersion)
class TaxonomyVersionAdmin(ReadOnlyAdmin):
    """The timeline: newest first, each with what changed and the themes as they then stood."""

    list_display = ("number", "at", "by", "summary")
    list_select_related = ("by",)
    fields = ("number", "at", "by", "summary", "themes")
    inlines = (ChangeInline,)


@admin.register(LabelFunction)
class LabelFunctionAdmin(AuditedAdmin):
    list_display = ("name", "kind", "theme", "trust", "on")
    list_filter = ("kind", "on", "theme")
    list_select_related = ("theme",)
    search_fields = ("name",)

    def save_model(self, request: HttpRequest, obj: LabelFunction, form: Any, change: bool) -> None:
        obj.edited = True
        super().save_model(request, obj, form, change)
