"""Endpoints, events and deliveries in the admin: where it goes, what was said, what did not arrive."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.cache import add_never_cache_headers
from unfold.decorators import action, display

from brickmod.access.admin_base import AuditedAdmin, ReadOnlyAdmin, ReadOnlyInline
from brickmod.outbox import actions
from brickmod.outbox.forms import EndpointForm
from brickmod.outbox.models import Delivery, DeliveryState, Endpoint, Event

STATES = {"waiting": "info", "delivered": "success", "given up": "danger"}


class DeliveryInline(ReadOnlyInline):
    model = Delivery
    fields = ("endpoint", "state_label", "tries", "last_status", "last_error", "next_try_at", "delivered_at")
    readonly_fields = fields

    @display(description="State", label=STATES)
    def state_label(self, delivery: Delivery) -> str:
        return delivery.get_state_display()


@admin.register(Endpoint)
class EndpointAdmin(AuditedAdmin):
    form = EndpointForm
    list_display = ("url", "app", "state", "given_up", "created_at")
    list_filter = ("app", "active")
    list_select_related = ("app",)
    search_fields = ("url", "app__name")
    fields = ("app", "url", "events", "active", "stopped_because", "masked", "old_secret_until", "created_at")
    readonly_fields = ("stopped_because", "masked", "old_secret_until", "created_at")
    actions_detail = ("rotate", "send_test")

    def get_queryset(self, request: HttpRequest) -> Any:
        return (
            super()
            .get_queryset(request)
            .annotate(dead=Count("deliveries", filter=Q(deliveries__state=DeliveryState.DEAD)))
        )

    @display(description="State", label={"on": "success", "off": "info", "stopped": "danger"})
    def state(self, endpoint: Endpoint) -> str:
        return "on" if endpoint.active else "stopped" if endpoint.stopped_because else "off"

    @display(description="Given up")
    def given_up(self, endpoint: Any) -> int:
        return endpoint.dead

    @display(description="Secret")
    def masked(self, endpoint: Endpoint) -> str:
        return f"{endpoint.secret[:9]}…" if endpoint.pk else "is made when this is saved"

    def response_add(self, request: HttpRequest, obj: Endpoint, post_url_continue: str | None = None) -> HttpResponse:
        return self._show(request, obj)

    @action(description="Rotate secret", url_path="rotate", permissions=["change"], icon="autorenew")
    def rotate(self, request: HttpRequest, object_id: str) -> HttpResponse:
        says = (
            "A new secret signs from now on. The old one signs too for a day, so that the app can change over calmly."
        )
        return self._asked(request, object_id, "Rotate the secret", says, "Make the new secret", self._rotate)

    @action(description="Send a test", url_path="test", permissions=["change"], icon="send")
    def send_test(self, request: HttpRequest, object_id: str) -> HttpResponse:
        says = "An event of the type endpoint.test goes to this endpoint. How it went stands among the deliveries."
        return self._asked(request, object_id, "Send a test", says, "Send it", self._test)

    def _rotate(self, request: HttpRequest, endpoint: Endpoint) -> HttpResponse:
        actions.rotate_secret(endpoint, by=request.user)  # type: ignore[arg-type]
        return self._show(request, endpoint)

    def _test(self, request: HttpRequest, endpoint: Endpoint) -> HttpResponse:
        try:
            delivery = actions.send_test(endpoint, by=request.user)  # type: ignore[arg-type]
        except actions.NotAgain as error:
            messages.error(request, str(error))
            return HttpResponseRedirect(reverse("admin:outbox_endpoint_change", args=[endpoint.pk]))
        messages.success(request, "The test is on its way.")
        return HttpResponseRedirect(reverse("admin:outbox_delivery_change", args=[delivery.pk]))

    def _asked(
        self,
        request: HttpRequest,
        object_id: str,
        title: str,
        says: str,
        button: str,
        do: Callable[[HttpRequest, Endpoint], HttpResponse],
    ) -> HttpResponse:
        """A page that asks; its answer does it."""
        endpoint = get_object_or_404(Endpoint.objects.select_related("app"), pk=object_id)
        if request.method == "POST":
            return do(request, endpoint)
        context = {
            **self.admin_site.each_context(request),
            "opts": Endpoint._meta,
            "original": endpoint,
            "title": title,
            "says": says,
            "button": button,
            "form": forms.Form(),
            "back": reverse("admin:outbox_endpoint_change", args=[endpoint.pk]),
        }
        return TemplateResponse(request, "access/ask.html", context)

    def _show(self, request: HttpRequest, endpoint: Endpoint) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "opts": Endpoint._meta,
            "original": endpoint,
            "title": f"The secret of {endpoint.url}",
            "endpoint": endpoint,
            "secret": endpoint.secret,
            "back": reverse("admin:outbox_endpoint_change", args=[endpoint.pk]),
        }
        response = TemplateResponse(request, "outbox/secret_made.html", context)
        add_never_cache_headers(response)
        return response


@admin.register(Event)
class EventAdmin(ReadOnlyAdmin):
    list_display = ("type", "subject", "app", "created_at", "not_before", "fate")
    list_filter = ("app", "type")
    list_select_related = ("app",)
    search_fields = ("subject", "key", "id")
    date_hierarchy = "created_at"
    inlines = (DeliveryInline,)

    @display(description="", label={"taken back": "warning", "waits": "info", "passed on": "success"})
    def fate(self, event: Event) -> str:
        return "taken back" if event.cancelled_at else "passed on" if event.spread_at else "waits"


class GivenUpFilter(admin.SimpleListFilter):
    """In words a person looks for."""

    title = "state"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[Any, str]]:
        return [(value, str(label)) for value, label in DeliveryState.choices]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return queryset.filter(state=self.value()) if self.value() in DeliveryState.values else queryset


@admin.register(Delivery)
class DeliveryAdmin(ReadOnlyAdmin):
    list_display = (
        "event",
        "endpoint",
        "state_label",
        "tries",
        "last_status",
        "last_error",
        "next_try",
        "delivered_at",
    )
    list_filter = (GivenUpFilter, "endpoint__app", "event__type")
    list_select_related = ("event", "endpoint__app")
    search_fields = ("event__subject", "event__key", "event__id", "endpoint__url")
    ordering = ("-id",)
    actions = ("send_again",)

    def has_replay_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("outbox.replay")

    @display(description="State", label=STATES)
    def state_label(self, delivery: Delivery) -> str:
        return delivery.get_state_display()

    @display(description="Next try")
    def next_try(self, delivery: Delivery) -> Any:
        return delivery.next_try_at if delivery.state == DeliveryState.WAITING else None

    @admin.action(description="Send the chosen ones again", permissions=["replay"])
    def send_again(self, request: HttpRequest, queryset: Any) -> None:
        if not self.has_replay_permission(request):
            raise PermissionDenied
        done = 0
        for delivery in queryset.select_related("event", "endpoint"):
            try:
                actions.replay(delivery, by=request.user)  # type: ignore[arg-type]
                done += 1
            except actions.NotAgain as error:
                messages.warning(request, f"{delivery.event}: {error}")
        if done:
            messages.success(request, f"Sent again: {done}.")
