"""Daily counts, so that a page over a million creations reads some thousand rows and no creation."""

from typing import ClassVar

from django.db import models
from django.utils import timezone


class ThemeDay(models.Model):
    """How many creations of a theme were published in a market on a day (UTC), and on how many a person decided.

    `slug` "" is no theme. A creation whose theme a person corrected counts where it belongs. `decided`: drafts of
    theirs that were approved or dropped, so somebody has looked.
    """

    day = models.DateField()
    market = models.CharField(max_length=2)
    slug = models.CharField(max_length=50, blank=True)
    creations = models.PositiveIntegerField(default=0)
    decided = models.PositiveIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["day", "market", "slug"], name="one_row_a_theme_day")]
        indexes: ClassVar = [models.Index(fields=["market", "day"])]

    def __str__(self) -> str:
        return f"{self.day} {self.market} {self.slug or 'no theme'}"


class RollUp(models.Model):
    """When the days were last counted: `since` is the first day that was counted anew."""

    made_at = models.DateTimeField(default=timezone.now)
    since = models.DateField(null=True, blank=True, help_text="Empty: all days.")
    seconds = models.FloatField()
    creations = models.PositiveIntegerField()

    class Meta:
        ordering: ClassVar = ["-made_at"]
