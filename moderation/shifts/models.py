"""Counts by hour, so that a lead's page reads some thousand rows and no submission. None of them names a person."""

from typing import Any, ClassVar

from django.db import models
from django.utils import timezone

KEYS = ("at", "market", "language")


class Counted(models.Model):
    """An hour (UTC, its beginning), a market and a language (primary tag)."""

    at = models.DateTimeField()
    market = models.CharField(max_length=2)
    language = models.CharField(max_length=35)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H} {self.market} {self.language}"


class Hour(Counted):
    """What was sent in, and what people decided. What ended a decision counts in the hour of the decision itself."""

    arrivals = models.PositiveIntegerField(default=0)
    decided = models.PositiveIntegerField(default=0, help_text="By people, from the queue, and not undone at once.")
    undone = models.PositiveIntegerField(default=0, help_text="Of what was decided in this hour: before the app heard.")
    reversed = models.PositiveIntegerField(default=0, help_text="Later, by a person who corrected it.")
    overturned = models.PositiveIntegerField(default=0, help_text="On appeal.")
    late = models.PositiveIntegerField(default=0, help_text="Decided after the due time.")
    timed = models.PositiveIntegerField(default=0, help_text="Decisions of which it is known when they were shown.")
    seconds = models.FloatField(default=0, help_text="From shown to decided, of all that are timed.")

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=KEYS, name="one_row_an_hour")]


class HourTime(Counted):
    """How many decisions of the hour took how long: the bins of durations.py."""

    bin = models.PositiveSmallIntegerField()
    n = models.PositiveIntegerField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=[*KEYS, "bin"], name="one_row_an_hour_and_bin")]


class Spared(Counted):
    """What detectors rejected of the hour's arrivals, so that nobody had to look, and what came back of it.

    `weight`, `square`, `back_weight`: sums of 1/chance, its square, and of 1/chance where a person put it back, over
    the rejections that were drawn to be looked at again and were. From them comes the share that is wrong.
    """

    detector = models.CharField(max_length=40, blank=True, help_text="Which said so first; empty: none, a rule.")
    rejected = models.PositiveIntegerField(default=0, help_text="With those that came back.")
    restored = models.PositiveIntegerField(default=0, help_text="Put back by a recheck or an appeal.")
    checked = models.PositiveIntegerField(default=0)
    weight = models.FloatField(default=0)
    square = models.FloatField(default=0)
    back_weight = models.FloatField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=[*KEYS, "detector"], name="one_row_an_hour_and_detector")
        ]


class Count(models.Model):
    """When hours were last counted; `since` is the first hour that was counted anew."""

    made_at = models.DateTimeField(default=timezone.now)
    since = models.DateTimeField()
    seconds = models.FloatField()

    class Meta:
        ordering: ClassVar[Any] = ["-made_at"]

    def __str__(self) -> str:
        return f"{self.made_at:%Y-%m-%d %H:%M}"
