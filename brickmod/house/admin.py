"""The one row of house rules."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from brickmod.access.admin_base import AuditedAdmin
from brickmod.house import rules
from brickmod.house.models import House


@admin.register(House)
class HouseAdmin(AuditedAdmin):
    """There is one, and it is always there: the list leads to it."""

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        House.objects.get_or_create(id=1)
        return HttpResponseRedirect(reverse("admin:house_house_change", args=[1]))

    def has_add_permission(self, request: HttpRequest, *args: Any) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        rules.forget()
