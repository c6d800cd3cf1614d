"""What was last counted and tested in the store, so that a page never has to. Sums and drawings, no feature's id."""

from typing import Any, ClassVar

from django.db import models


class SnapshotKind(models.TextChoices):
    COUNTS = "counts", "how much there is"
    COVERAGE = "coverage", "a map of a sample"


class Snapshot(models.Model):
    """The newest result of a kind. It replaces the one before, and with it what was drawn of a forgotten feature."""

    kind = models.CharField(max_length=10, choices=SnapshotKind.choices, primary_key=True)
    made_at = models.DateTimeField(null=True)
    seconds = models.FloatField(default=0, help_text="How long it took.")
    asked_at = models.DateTimeField(null=True, help_text="When somebody last wanted a newer one.")
    data: Any = models.JSONField(default=dict)

    def __str__(self) -> str:
        return self.kind


class Drifting(models.TextChoices):
    VECTORS = "vectors", "an encoder's vectors"
    LABELS = "labels", "a task's labels"


class DriftTest(models.Model):
    """One day's test of the last week against the four weeks before it. Kept, so that a slow drift is seen.

    Of vectors: `figure` is the share that a classifier tells apart (0.5: nothing), `p` of the MMD permutation test.
    Of labels: `figure` is the change of a value's share, `p` of the chi-square test of the whole task.
    """

    day = models.DateField()
    what = models.CharField(max_length=8, choices=Drifting.choices)
    subject = models.CharField(max_length=200, help_text="Encoder version and view, or task and value.")
    before = models.PositiveIntegerField()
    now = models.PositiveIntegerField()
    figure = models.FloatField()
    low = models.FloatField()
    high = models.FloatField()
    p = models.FloatField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["day", "what", "subject"], name="one_drift_test_a_day"),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.subject}"
