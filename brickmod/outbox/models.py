"""Events that must reach an app: written in the transaction that caused them, delivered later."""

import uuid
from typing import ClassVar

from django.db import models
from django.utils import timezone

from brickmod.access.models import App


class EventType(models.TextChoices):
    PREFILTERED = "submission.prefiltered"
    DECIDED = "submission.decided"
    LIKED = "creation.liked"
    COMMENTED = "comment.posted"
    AUTHOR_FLAGGED = "author.flagged"
    ALERT = "alert.raised"


class Endpoint(models.Model):
    """Where an app wants to hear. The secret signs what is sent (Standard Webhooks, `whsec_…`)."""

    app = models.ForeignKey(App, on_delete=models.CASCADE, related_name="endpoints")
    url = models.URLField(max_length=500)
    secret = models.CharField(max_length=100)
    old_secret = models.CharField(max_length=100, blank=True, help_text="Signs too while a secret is being rotated.")
    events = models.JSONField(default=list, blank=True, help_text="Event types to send; empty: all.")
    active = models.BooleanField(default=True)
    stopped_because = models.CharField(max_length=200, blank=True, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    def __str__(self) -> str:
        return f"{self.app}: {self.url}"


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


class Delivery(models.Model):
    """One event on its way to one endpoint. `leased_until` says that somebody is sending it just now."""

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="deliveries")
    endpoint = models.ForeignKey(Endpoint, on_delete=models.CASCADE, related_name="deliveries")
    state = models.CharField(max_length=10, choices=DeliveryState.choices, default=DeliveryState.WAITING)
    tries = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField(default=timezone.now)
    leased_until = models.DateTimeField(null=True, blank=True)
    last_status = models.PositiveSmallIntegerField(null=True, blank=True)
    last_error = models.CharField(max_length=300, blank=True)
    delivered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["event", "endpoint"], name="one_delivery_an_event_and_endpoint")
        ]
        indexes: ClassVar = [
            models.Index(fields=["next_try_at"], condition=models.Q(state="waiting"), name="delivery_due")
        ]
        verbose_name_plural = "deliveries"

    def __str__(self) -> str:
        return f"{self.event} to {self.endpoint}: {self.state}"
