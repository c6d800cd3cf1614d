"""What the detectors said, and the only way from a part to its features (until the window closes)."""

from typing import ClassVar

from django.db import models
from django.utils import timezone

from moderation.intake.models import Part


class Finding(models.Model):
    """What one detector said of one part. Only the champion's findings count."""

    part = models.ForeignKey(Part, on_delete=models.CASCADE, related_name="findings")
    detector = models.CharField(max_length=40)
    model_version = models.CharField(max_length=60)
    alias = models.CharField(max_length=12, default="champion")
    verdict = models.CharField(max_length=6, choices=[(v, v) for v in ("pass", "flag", "reject", "error")])
    reason = models.CharField(max_length=40, blank=True)
    score = models.FloatField()
    threshold = models.FloatField()
    evidence = models.JSONField(default=list, help_text="Boxes (x, y, w, h as shares) or spans (start, end).")
    note = models.CharField(max_length=300, blank=True)
    ms = models.FloatField()
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["part", "detector", "model_version", "alias"], name="one_finding_a_look")
        ]
        indexes: ClassVar = [models.Index(fields=["detector", "-made_at"])]

    def __str__(self) -> str:
        return f"{self.detector}: {self.verdict}"


class DayKey(models.Model):
    """The key under which a day's links are sealed. When it is deleted, they lead nowhere (crypto-shredding)."""

    day = models.DateField(unique=True)
    key = models.BinaryField(max_length=44)

    def __str__(self) -> str:
        return str(self.day)


class FeatureLink(models.Model):
    """From a part to one of its features, sealed. Dies with its day's key, with its part, or when the window closes."""

    part = models.ForeignKey(Part, on_delete=models.CASCADE, related_name="links")
    day = models.DateField()
    sealed = models.BinaryField()
