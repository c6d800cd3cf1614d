"""Heads: their versions, who serves, what was trained and why, and who decided so.

The file of a head lies in its row, so a worker on any machine needs nothing but the database to serve it. MLflow has
the same file with its curves and its lineage, for people; nothing that answers a child asks MLflow.
"""

from typing import Any, ClassVar, NoReturn

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import timezone

from featurestore.heads.training_models import AlertKind, HeadAlert, RetrainingPolicy, RunState, TrainingRun

__all__ = [
    "CHALLENGERS",
    "AlertKind",
    "Alias",
    "HeadAlert",
    "HeadVersion",
    "Kind",
    "Outcome",
    "PromotionEvent",
    "PromotionRequest",
    "RetrainingPolicy",
    "RunState",
    "Serving",
    "Standing",
    "TrainingRun",
]


class Standing(models.TextChoices):
    READY = "ready", "may serve"
    HELD = "held", "kept, and not deployed"
    RETIRED = "retired", "taken out of use"


class HeadVersion(models.Model):
    """One trained head. Never changed but for `standing`, `why` and where MLflow keeps it."""

    task = models.CharField(max_length=40)
    version = models.CharField(max_length=60, help_text="Counted for each task: 1 is what the detector came with.")
    encoder = models.CharField(max_length=120, help_text="The version whose vectors it reads.")
    view = models.CharField(max_length=10, help_text="What those vectors are of.")
    onnx = models.BinaryField(help_text="head.onnx, whole.")
    sheet = models.JSONField(help_text="featurestore.heads.head.HeadSheet.")
    standing = models.CharField(max_length=8, choices=Standing.choices, default=Standing.READY)
    why = models.TextField(blank=True, help_text="Why it is held or retired, in a sentence.")
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="children")
    data = models.JSONField(default=dict, help_text="What it learned from: label view, counts, days, encoder, splits.")
    metrics = models.JSONField(default=dict, help_text="name -> [value, low, high] on the frozen exam set.")
    card = models.TextField(blank=True, help_text="The model card, in Markdown.")
    code = models.CharField(max_length=60, blank=True, help_text="Version of the code that trained it.")
    mlflow_run = models.CharField(max_length=64, blank=True)
    mlflow_version = models.PositiveIntegerField(null=True, blank=True)
    mirroring_since = models.DateTimeField(
        null=True, blank=True, editable=False, help_text="Somebody copies it to MLflow; after two minutes others may."
    )
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering: ClassVar = ["task", "-made_at"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["task", "version"], name="one_head_a_version")]

    def __str__(self) -> str:
        return f"{self.task} {self.version}"


class Alias(models.TextChoices):
    """MLflow's words; people know the first two as production and staging."""

    CHAMPION = "champion", "champion (production)"
    CHALLENGER = "challenger", "challenger (staging)"
    SECOND = "challenger-2", "second challenger"
    THIRD = "challenger-3", "third challenger"


CHALLENGERS: tuple[str, ...] = (Alias.CHALLENGER, Alias.SECOND, Alias.THIRD)


class Serving(models.Model):
    """Who serves under which alias now. What workers read before each batch: one change here is at once everywhere."""

    task = models.CharField(max_length=40)
    alias = models.CharField(max_length=12, choices=Alias.choices)
    head = models.ForeignKey(HeadVersion, on_delete=models.PROTECT, related_name="serving")
    threshold = models.FloatField(
        null=True,
        blank=True,
        validators=[MinValueValidator(0), MaxValueValidator(1)],
        help_text="In place of the head's own.",
    )
    canary = models.FloatField(
        default=0,
        validators=[MinValueValidator(0), MaxValueValidator(0.5)],
        help_text="Share of submissions for which this challenger's verdict counts in place of the champion's.",
    )
    since = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["task", "alias"], name="one_head_an_alias"),
            models.UniqueConstraint(fields=["task", "head"], name="one_alias_a_head"),
        ]

    def __str__(self) -> str:
        return f"{self.task} {self.alias}"


class Kind(models.TextChoices):
    DEPLOY = "deploy", "put beside the champion"
    PROMOTE = "promote", "made champion"
    ROLL_BACK = "roll_back", "champion again"
    HOLD = "hold", "kept, not deployed"
    RETIRE = "retire", "taken out of use"
    THRESHOLD = "threshold", "threshold changed"
    CANARY = "canary", "canary share changed"


class PromotionEvent(models.Model):
    """What was changed in who serves, by whom and why. Added, never changed."""

    task = models.CharField(max_length=40)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    old = models.ForeignKey(HeadVersion, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    new = models.ForeignKey(HeadVersion, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="Empty: the retraining policy did it.",
    )
    seconded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    reason = models.TextField()
    evidence = models.JSONField(default=dict, help_text="What the page said when it was decided.")
    served = models.JSONField(default=dict, help_text="Who served after it: alias -> [version, threshold, canary].")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering: ClassVar = ["-at", "-id"]
        indexes: ClassVar = [models.Index(fields=["task", "-at"])]

    def __str__(self) -> str:
        return f"{self.task}: {self.kind}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk is not None:
            raise TypeError("the history of promotions is append-only")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise TypeError("the history of promotions is append-only")


class Outcome(models.TextChoices):
    OPEN = "", "waits for a second person"
    AGREED = "agreed", "agreed"
    DECLINED = "declined", "declined"
    OVERTAKEN = "overtaken", "overtaken by another change"


class PromotionRequest(models.Model):
    """Where two people have to agree (PROMOTION_SECOND_PERSON): what the first of them asked for."""

    task = models.CharField(max_length=40)
    head = models.ForeignKey(HeadVersion, on_delete=models.PROTECT, related_name="requests")
    champion = models.ForeignKey(HeadVersion, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    reason = models.TextField()
    evidence = models.JSONField(default=dict)
    at = models.DateTimeField(default=timezone.now)
    outcome = models.CharField(max_length=9, choices=Outcome.choices, blank=True, default=Outcome.OPEN)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["-at", "-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["task"], condition=models.Q(outcome=""), name="one_open_request_a_task")
        ]

    def __str__(self) -> str:
        return f"{self.head}: {self.get_outcome_display()}"
