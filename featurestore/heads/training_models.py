"""When heads are trained, how each training went, and what somebody should look at."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone


class RetrainingPolicy(models.Model):
    """When a task is trained again without anybody asking. A task without a row is trained only by hand; one whose
    detector came with a head gets a row with it."""

    task = models.CharField(max_length=40, unique=True)
    on = models.BooleanField(default=True)
    new_labels = models.PositiveIntegerField(default=500, help_text="At least so many since the last version.")
    rare_labels = models.PositiveIntegerField(default=50, help_text="At least so many of the rarer answer among them.")
    days = models.PositiveSmallIntegerField(default=1, help_text="At least so many days after the last training.")
    quiet_from = models.TimeField(null=True, blank=True, help_text="UTC. Not begun between these two times.")
    quiet_to = models.TimeField(null=True, blank=True)
    on_drift = models.BooleanField(default=True, help_text="Also when the vectors drift, whatever the counts say.")
    label_view = models.CharField(max_length=40, blank=True, help_text="Empty: the default.")
    changed_at = models.DateTimeField(default=timezone.now, editable=False)
    checked_at = models.DateTimeField(null=True, blank=True, editable=False)
    said = models.CharField(max_length=300, blank=True, editable=False, help_text="What the last check came to.")

    class Meta:
        verbose_name_plural = "retraining policies"

    def __str__(self) -> str:
        return self.task

    def save(self, *args: Any, **kwargs: Any) -> None:
        # Whoever saves it has looked at it: what failed before may be tried again. A check notes itself by `update`.
        self.changed_at = timezone.now()
        super().save(*args, **kwargs)


class RunState(models.TextChoices):
    WAITING = "waiting", "waiting"
    RUNNING = "running", "training"
    DONE = "done", "done"
    FAILED = "failed", "failed"


class TrainingRun(models.Model):
    """One training, as the page shows it while it runs and afterwards."""

    task = models.CharField(max_length=40)
    state = models.CharField(max_length=8, choices=RunState.choices, default=RunState.WAITING)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    because = models.CharField(max_length=300, help_text="Why it was begun, in a sentence.")
    asked_at = models.DateTimeField(default=timezone.now)
    started_at = models.DateTimeField(null=True, blank=True)
    beat_at = models.DateTimeField(null=True, blank=True, help_text="When it last said that it is alive.")
    ended_at = models.DateTimeField(null=True, blank=True)
    progress = models.FloatField(default=0, help_text="0..1.")
    step = models.CharField(max_length=120, blank=True, help_text="What it is doing, in words.")
    curve = models.JSONField(default=list, help_text="[[step, loss of training, loss of validation or null]].")
    result = models.JSONField(default=dict)
    error = models.TextField(blank=True, help_text="Why it failed, in a sentence.")
    head = models.ForeignKey("heads.HeadVersion", on_delete=models.SET_NULL, null=True, blank=True, related_name="runs")

    class Meta:
        ordering: ClassVar = ["-asked_at", "-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["task"], condition=models.Q(state__in=["waiting", "running"]), name="one_training_at_a_time"
            )
        ]

    def __str__(self) -> str:
        return f"{self.task}: {self.state}"


class AlertKind(models.TextChoices):
    TRAINING_FAILED = "training_failed", "a training failed"
    BROKEN_HEAD = "broken_head", "a head's file cannot be used"
    CHALLENGER_FAILS = "challenger_fails", "a challenger fails or is too slow"


class HeadAlert(models.Model):
    """Something that a person should look at. Open until it is well again or somebody settles it; told once."""

    task = models.CharField(max_length=40)
    kind = models.CharField(max_length=20, choices=AlertKind.choices)
    version = models.CharField(max_length=60, blank=True, help_text="Of the head that it is about.")
    says = models.TextField()
    times = models.PositiveIntegerField(default=1)
    first_at = models.DateTimeField(default=timezone.now)
    last_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        help_text="Empty: it became well by itself.",
    )

    class Meta:
        ordering: ClassVar = ["-last_at", "-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["task", "kind", "version"], condition=models.Q(ended_at=None), name="one_open_alert_a_matter"
            )
        ]

    def __str__(self) -> str:
        return f"{self.task}: {self.get_kind_display()}"
