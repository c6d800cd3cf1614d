"""What champion and challenger said of the same part, and what people said of it later.

A row has a random id and leads nowhere by itself. While a decision may still change, the moderation keeps a sealed link
to it; afterwards the rows of a day are packed together (Block) in random order, with nothing that tells them apart.
"""

import uuid
from typing import ClassVar

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.utils import timezone

from featurestore.heads.models import HeadVersion


class Stratum(models.TextChoices):
    """How a part came to be seen by a person, and so with which chance its label is known."""

    SEEN = "seen", "not rejected: a person decides on every one"
    AUDIT = "audit", "in the random sample that people look at whatever was found"
    AGREED = "agreed", "rejected, and the challenger agrees"
    DISPUTED = "disputed", "rejected, and the challenger would not"


class Pair(models.Model):
    """One part, looked at by a champion and by one challenger. `hit`: its score reached its threshold."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    task = models.CharField(max_length=40)
    day = models.DateField()
    market = models.CharField(max_length=2, blank=True)
    language = models.CharField(max_length=8, blank=True)
    device = models.CharField(max_length=12, blank=True)
    champion = models.ForeignKey(HeadVersion, on_delete=models.PROTECT, related_name="+")
    challenger = models.ForeignKey(HeadVersion, on_delete=models.PROTECT, related_name="+")
    champion_score = models.FloatField()
    challenger_score = models.FloatField()
    champion_hit = models.BooleanField()
    challenger_hit = models.BooleanField()
    champion_ms = models.FloatField(default=0)
    challenger_ms = models.FloatField(default=0)
    stratum = models.CharField(max_length=8, choices=Stratum.choices)
    chance = models.FloatField(help_text="With which a person was going to see it: 1 for what is not rejected.")
    label = models.BooleanField(null=True, help_text="Is it what the task looks for? Empty: nobody said.")

    class Meta:
        indexes: ClassVar = [models.Index(fields=["task", "champion", "challenger", "day"])]


class Block(models.Model):
    """All pairs of one day, task, champion and challenger, packed when nothing leads to them any more."""

    task = models.CharField(max_length=40)
    champion = models.ForeignKey(HeadVersion, on_delete=models.PROTECT, related_name="+")
    challenger = models.ForeignKey(HeadVersion, on_delete=models.PROTECT, related_name="+")
    day = models.DateField()
    count = models.PositiveIntegerField()
    columns = models.BinaryField(help_text="An Arrow table; featurestore.compare.reading has its shape.")
    sha256 = models.CharField(max_length=64)
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["task", "champion", "challenger", "day"], name="one_block_a_day")
        ]


class UnitCosts(models.Model):
    """What a task's mistakes and looks cost, as somebody here set them. A task without a row has cost.Costs' own."""

    task = models.CharField(max_length=40, unique=True)
    reviewer_minute = models.FloatField(validators=[MinValueValidator(0)])
    look_seconds = models.FloatField(validators=[MinValueValidator(0)])
    rejected_good = models.FloatField(validators=[MinValueValidator(0)])
    missed = models.FloatField(validators=[MinValueValidator(0)])
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name_plural = "unit costs"

    def __str__(self) -> str:
        return self.task
