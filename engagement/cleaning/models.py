"""Rounds of cleaning: what functions and people say of creations' themes, made into a head, and what is doubtful."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from engagement.creations.models import Creation
from featurestore.heads.models import HeadVersion

EXAM = 5  # one creation in so many is for the exam: people label it, and no head learns from it


def is_exam(creation: Creation) -> bool:
    """By its random number, so that nobody chooses."""
    return creation.id.int % EXAM == 0


class ThemeAnswer(models.Model):
    """What a person says that a creation is. One a creation, the last one said; it goes with its creation."""

    creation = models.OneToOneField(Creation, on_delete=models.CASCADE, related_name="theme_answer")
    slug = models.CharField(max_length=50, blank=True, help_text="Empty: no theme.")
    label = models.CharField(max_length=50, blank=True, help_text="What stood there before.")
    exam = models.BooleanField(help_text="It measures, and nobody learns from it.")
    batch = models.UUIDField(db_index=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering: ClassVar = ["-at", "-id"]

    def __str__(self) -> str:
        return self.slug or "no theme"


class RoundState(models.TextChoices):
    WAITING = "waiting", _("waits")
    RUNNING = "running", _("under way")
    DONE = "done", _("done")
    FAILED = "failed", _("failed")


class CleaningRound(models.Model):
    """One round. Figures are empty until it is done; those of the exam also where too few people took it."""

    state = models.CharField(max_length=7, choices=RoundState.choices, default=RoundState.WAITING)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now)
    started_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    why = models.CharField(max_length=300, blank=True, help_text="Why it failed, or why its head does not serve.")
    functions = models.CharField(max_length=12, blank=True, help_text="Checksum of all labelling functions.")
    texts = models.PositiveIntegerField(default=0)
    learned = models.PositiveIntegerField(default=0, help_text="Texts whose label was sure enough to learn from.")
    people = models.PositiveIntegerField(default=0, help_text="Of these, labelled by people.")
    doubtful = models.PositiveIntegerField(default=0, help_text="Labels that are likely wrong.")
    exam = models.PositiveIntegerField(default=0, help_text="Creations of the exam that people labelled.")
    macro_f1 = models.JSONField(default=list, blank=True, help_text="[value, low, high] on the exam.")
    gain = models.JSONField(default=list, blank=True, help_text="[value, low, high]: over the champion, same exam.")
    head = models.ForeignKey(HeadVersion, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                models.Value(1), condition=models.Q(state__in=["waiting", "running"]), name="one_round_at_a_time"
            )
        ]

    def __str__(self) -> str:
        return f"round {self.pk}"


class Doubt(models.Model):
    """A label that the newest round finds doubtful: what a person is shown. `likely`: what a head says instead."""

    creation = models.OneToOneField(Creation, on_delete=models.CASCADE, related_name="doubt")
    place = models.PositiveIntegerField(help_text="The worst first.")
    label = models.CharField(max_length=50)
    likely = models.CharField(max_length=50)

    class Meta:
        ordering: ClassVar = ["place"]

    def __str__(self) -> str:
        return f"{self.label}, likely {self.likely}"
