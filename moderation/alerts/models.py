"""What is usual by the hour, what was more than usual, and what people did with all of it at once."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from brickmod.access.models import App
from moderation.desk.models import Decision
from moderation.intake.models import Submission


class Hour(models.Model):
    """Uploads of one hour that were looked at, by version and market; with a detector, those in which it found
    something. No word and no id of a child."""

    app = models.ForeignKey(App, on_delete=models.CASCADE, related_name="+")
    hour = models.DateTimeField()
    version = models.CharField(max_length=40, blank=True)
    market = models.CharField(max_length=2, blank=True)
    detector = models.CharField(max_length=40, blank=True)
    reason = models.CharField(max_length=40, blank=True)
    count = models.PositiveIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["app", "detector", "reason", "hour", "version", "market"], name="one_count_an_hour"
            )
        ]
        indexes: ClassVar = [models.Index(fields=["app", "-hour"], name="hour_newest")]


class AlertState(models.TextChoices):
    OPEN = "open", _("open")
    CLOSED = "closed", _("closed")


class Alert(models.Model):
    """More of something than there ever is. Its examples are looked up, not kept: what is erased is gone from here."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    app = models.ForeignKey(App, on_delete=models.CASCADE, related_name="alerts")
    series = models.CharField(max_length=90, help_text="What there is one open alert of.")
    detector = models.CharField(max_length=40, blank=True)
    reason = models.CharField(max_length=40, blank=True)
    version = models.CharField(max_length=40, blank=True, help_text="Empty: all.")
    market = models.CharField(max_length=2, blank=True, help_text="Empty: all.")
    digest = models.CharField(max_length=64, blank=True, help_text="Of the one file that comes again and again.")
    since = models.DateTimeField()
    raised_at = models.DateTimeField(default=timezone.now)
    seen_at = models.DateTimeField(default=timezone.now, help_text="When there was last more than usual.")
    minutes = models.PositiveSmallIntegerField(help_text="In which it was counted.")
    counted = models.PositiveIntegerField()
    expected = models.FloatField()
    chance = models.FloatField(help_text="Of so many on a usual day, in one test.")
    state = models.CharField(max_length=6, choices=AlertState.choices, default=AlertState.OPEN)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+",
        help_text="Empty: it was over by itself.",
    )  # fmt: skip
    told_at = models.DateTimeField(null=True, blank=True, help_text="When the app's developers were told.")
    told_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering: ClassVar = ["-raised_at"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["app", "series"], condition=models.Q(state="open"), name="one_open_alert_a_series"
            ),
            models.CheckConstraint(
                condition=models.Q(state="open", closed_at=None) | models.Q(state="closed", closed_at__isnull=False),
                name="a_closed_alert_says_when",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.series} of {self.app_id}"


class Kind(models.TextChoices):
    RAISE = "raise", _("look at them at once")
    ASIDE = "aside", _("set them aside in a queue")
    REJECT = "reject", _("reject all that wait")


class Bulk(models.Model):
    """What a lead ordered for all that waited of an alert at a moment. It is carried out in the background; each
    rejection is a decision of theirs."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    alert = models.ForeignKey(Alert, on_delete=models.CASCADE, related_name="bulks")
    kind = models.CharField(max_length=6, choices=Kind.choices)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    why = models.TextField(help_text="For colleagues.")
    queue = models.CharField(max_length=40, blank=True)
    reasons = models.JSONField(default=list, help_text="Reason codes of a rejection.")
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering: ClassVar = ["-at"]


class PartState(models.TextChoices):
    WAITS = "todo", _("not yet")
    DONE = "done", _("done")
    LEFT = "left", _("left as it was")
    UNDONE = "undone", _("undone")
    STAYS = "stays", _("could not be undone")


class BulkPart(models.Model):
    """One submission of a bulk action, and what it was before."""

    bulk = models.ForeignKey(Bulk, on_delete=models.CASCADE, related_name="parts")
    submission = models.ForeignKey(Submission, on_delete=models.CASCADE, related_name="+")
    state = models.CharField(max_length=6, choices=PartState.choices, default=PartState.WAITS)
    says = models.CharField(max_length=200, blank=True, help_text="Why it was left.")
    old_priority = models.PositiveSmallIntegerField(default=0)
    old_queue = models.CharField(max_length=40, blank=True)
    decision = models.ForeignKey(Decision, on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["bulk", "submission"], name="once_in_a_bulk")]
        indexes: ClassVar = [models.Index(fields=["bulk", "state"], name="bulkpart_state")]
