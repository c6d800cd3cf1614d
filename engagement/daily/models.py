"""The daily run: what was published yesterday finds its theme, its likes and its drafts."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from engagement.creations.models import Creation


class CreationTheme(models.Model):
    """What a creation is about, as it was guessed. One a creation; it goes with it."""

    creation = models.OneToOneField(Creation, on_delete=models.CASCADE, related_name="theme")
    slug = models.CharField(max_length=50, blank=True, help_text="Empty: no theme, at the risk that is allowed.")
    name = models.CharField(max_length=80, blank=True, help_text="As a child reads it.")
    chance = models.FloatField(help_text="Calibrated probability of the theme that is likeliest.")
    version = models.CharField(max_length=120)
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["slug", "-made_at"])]

    def __str__(self) -> str:
        return f"{self.slug or 'no theme'} ({self.chance:.2f})"


class RunState(models.TextChoices):
    RUNNING = "running", _("running")
    DONE = "done", _("done")


class DailyRun(models.Model):
    """One market's run over what was published there on `day`, in the market's own time."""

    day = models.DateField()
    market = models.CharField(max_length=2)
    state = models.CharField(max_length=7, choices=RunState.choices, default=RunState.RUNNING)
    creations = models.PositiveIntegerField(default=0)
    likes = models.PositiveIntegerField(default=0)
    started_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["-day", "market"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["day", "market"], name="one_run_a_day_and_market")]

    def __str__(self) -> str:
        return f"{self.market} {self.day}"


class Shard(models.Model):
    """Some of a run's creations: what one worker takes at a time. Taken by a lease, so a killed one loses nothing."""

    run = models.ForeignKey(DailyRun, on_delete=models.CASCADE, related_name="shards")
    number = models.PositiveIntegerField()
    creations = models.JSONField(help_text="Ids.")
    leased_until = models.DateTimeField(null=True, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    done_at = models.DateTimeField(null=True, blank=True)
    counts = models.JSONField(default=dict, help_text="themed, without, drafts, gone, failed")

    class Meta:
        ordering: ClassVar = ["run", "number"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["run", "number"], name="one_shard_a_number")]
        indexes: ClassVar = [
            models.Index(fields=["leased_until"], condition=models.Q(done_at=None), name="shard_to_do"),
        ]

    def __str__(self) -> str:
        return f"{self.run_id}/{self.number}"


class ThemeCorrection(models.Model):
    """A person says what a creation is about, and what was guessed stood otherwise. One a creation, the last one said.

    It goes with its creation. What it teaches goes to the feature store, once, when it is settled: from then on it
    is evidence, and stays as it is.
    """

    creation = models.OneToOneField(Creation, on_delete=models.CASCADE, related_name="theme_correction")
    guessed = models.CharField(max_length=50, blank=True, help_text="Slug; empty: no theme.")
    chance = models.FloatField(help_text="What the guess gave itself.")
    version = models.CharField(max_length=120, help_text="Of what guessed.")
    said = models.CharField(max_length=50, blank=True, help_text="Slug; empty: no theme.")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    taught_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["-at"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=~models.Q(guessed=models.F("said")), name="a_correction_says_otherwise")
        ]
        indexes: ClassVar = [
            models.Index(fields=["at"], condition=models.Q(taught_at=None), name="correction_to_teach"),
        ]

    def __str__(self) -> str:
        return f"{self.guessed or 'no theme'} is {self.said or 'no theme'}"


class ThemePair(models.Model):
    """Leads from a creation to what champion and challenger said of it, until what people say of its theme is told.

    `asked`: the theme that the pair is about. `told`: what was told last; empty: nothing yet. It goes with its
    creation; the pair, which names nobody, stays.
    """

    creation = models.ForeignKey(Creation, on_delete=models.CASCADE, related_name="theme_pairs")
    pair = models.UUIDField(unique=True)
    asked = models.CharField(max_length=50)
    told = models.CharField(max_length=50, blank=True)
    at = models.DateTimeField(default=timezone.now, db_index=True)

    def __str__(self) -> str:
        return f"{self.creation_id}: {self.asked}"
