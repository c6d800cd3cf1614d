"""Events that must reach an app: written in the transaction that caused them, delivered later."""

import uuid
from datetime import datetime
from typing import ClassVar

from django.db import models
from django.utils import timezone

from brickmod.access.models import App
from brickmod.outbox.signing import new_secret


class EventType(models.TextChoices):
    PREFILTERED = "submission.prefiltered"
    DECIDED = "submission.decided"
    APPEALED = "appeal.decided"
    LIKED = "creation.liked"
    COMMENTED = "comment.posted"
    AUTHOR_FLAGGED = "author.flagged"
    ALERT = "alert.raised"
    TEST = "endpoint.test"


class Endpoint(models.Model):
    """Where an app wants to hear. The secret signs what is sent (Standard Webhooks, `whsec_…`)."""

    app = models.ForeignKey(App, on_delete=models.CASCADE, related_name="endpoints")
    url = models.URLField(max_length=500)
    secret = models.CharField(max_length=100, default=new_secret, editable=False)
    old_secret = models.CharField(max_length=100, blank=True, editable=False)
    old_secret_until = models.DateTimeField(
        null=True, blank=True, editable=False, help_text="The secret before signs too until then."
    )
    events = models.JSONField(default=list, blank=True, help_text="Event types to send; empty: all.")
    active = models.BooleanField(
        default=True, help_text="Switched off, it hears nothing of what happens meanwhile, not even later."
    )
    stopped_because = models.CharField(max_length=200, blank=True, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    def __str__(self) -> str:
        return f"{self.app}: {self.url}"

    def secrets(self, now: datetime) -> list[str]:
        """What signs a message now, the newest first."""
        both = self.old_secret and self.old_secret_until and self.old_secret_until > now
        return [self.secret, self.old_secret] if both else [self.secret]

    def wants(self, type: str) -> bool:
        return not self.events or type in self.events


class EventQuerySet(models.QuerySet["Event"]):
    def to_spread(self, now: datetime) -> "EventQuerySet":
        """Those whose time has come, in the order in which they happened."""
        return self.filter(spread_at=None, cancelled_at=None, not_before__lte=now).order_by("not_before", "created_at")


class Event(models.Model):
    """Something that happened. `key` makes it unique: the same thing cannot be told twice.

    It may be taken back (`cancelled_at`) until `not_before`; deliveries are made from it after that.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    app = models.ForeignKey(App, on_delete=models.CASCADE, related_name="events")
    type = models.CharField(max_length=40, choices=EventType.choices)
    key = models.CharField(max_length=120, unique=True)
    subject = models.CharField(max_length=64, db_index=True, help_text="Id of what it is about; erasure looks here.")
    payload = models.JSONField()
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    not_before = models.DateTimeField(default=timezone.now)
    cancelled_at = models.DateTimeField(null=True, blank=True, editable=False)
    spread_at = models.DateTimeField(null=True, blank=True, editable=False, help_text="When deliveries were made.")

    objects = EventQuerySet.as_manager()

    class Meta:
        indexes: ClassVar = [
            models.Index(
                fields=["not_before"],
                condition=models.Q(spread_at=None, cancelled_at=None),
                name="event_to_spread",
            )
        ]

    def __str__(self) -> str:
        return f"{self.type} {self.subject}"


class DeliveryState(models.TextChoices):
    WAITING = "waiting", "waiting"
    DELIVERED = "delivered", "delivered"
    DEAD = "dead", "given up"


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    def due(self, now: datetime) -> "DeliveryQuerySet":
        """Those that may be sent: nobody is at it, and nothing older about the same subject waits there."""
        older = Delivery.objects.filter(
            endpoint=models.OuterRef("endpoint"),
            subject=models.OuterRef("subject"),
            state=DeliveryState.WAITING,
            id__lt=models.OuterRef("id"),
        )
        return self.free(now).filter(~models.Exists(older), endpoint__active=True).order_by("next_try_at", "id")

    def free(self, now: datetime) -> "DeliveryQuerySet":
        return self.filter(
            models.Q(leased_until=None) | models.Q(leased_until__lte=now),
            state=DeliveryState.WAITING,
            next_try_at__lte=now,
        )

    def under_way(self, now: datetime) -> "DeliveryQuerySet":
        return self.filter(state=DeliveryState.WAITING, leased_until__gt=now)


class Delivery(models.Model):
    """One event on its way to one endpoint. `leased_until` says that somebody is sending it just now."""

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="deliveries")
    endpoint = models.ForeignKey(Endpoint, on_delete=models.CASCADE, related_name="deliveries")
    subject = models.CharField(
        max_length=64, default="", editable=False, help_text="The event's: who waits for whom is asked often."
    )
    state = models.CharField(max_length=10, choices=DeliveryState.choices, default=DeliveryState.WAITING)
    since = models.DateTimeField(default=timezone.now, help_text="When its day began: after 24 hours it is given up.")
    tries = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField(default=timezone.now)
    leased_until = models.DateTimeField(null=True, blank=True)
    last_status = models.PositiveSmallIntegerField(null=True, blank=True)
    last_error = models.CharField(max_length=300, blank=True)
    delivered_at = models.DateTimeField(null=True, blank=True)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["event", "endpoint"], name="one_delivery_an_event_and_endpoint")
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["endpoint", "next_try_at", "id"], condition=models.Q(state="waiting"), name="delivery_due"
            ),
            models.Index(
                fields=["endpoint", "subject", "id"], condition=models.Q(state="waiting"), name="delivery_order"
            ),
        ]
        verbose_name_plural = "deliveries"

    def __str__(self) -> str:
        return f"{self.event} to {self.endpoint}: {self.state}"
