"""What people who look all day are spared: how pictures are veiled for them, how much of what is hard they were shown,
and how much of it anybody is given."""

from typing import ClassVar

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import timezone

from moderation.intake.models import Submission


class Comfort(models.Model):
    """How one person wants to see what was flagged: only what differs from the house's way (veils.HOUSE)."""

    person = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="comfort", primary_key=True
    )
    own = models.JSONField(default=dict, help_text="{veil: bool}, and {reason: {veil: bool}} under “reasons”.")


class Limit(models.Model):
    """How many of a severity one person is given. Whoever has had them is given calm work."""

    name = models.CharField(max_length=40, unique=True)
    severity = models.PositiveSmallIntegerField(
        unique=True,
        validators=[MinValueValidator(1), MaxValueValidator(100)],
        help_text="From this severity on, as the reasons say it (20 a bad picture, 80 violence, 90 nudity).",
    )
    an_hour = models.PositiveSmallIntegerField(default=20, help_text="So many in any 60 minutes.")
    a_shift = models.PositiveSmallIntegerField(default=80, help_text="So many in any 8 hours.")

    class Meta:
        ordering: ClassVar = ["-severity"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(severity__gte=1, severity__lte=100), name="limit_severity_is_a_share"
            )
        ]

    def __str__(self) -> str:
        return self.name


class Sight(models.Model):
    """Somebody was given something hard. Read by that person alone, and by what decides what they are given next.

    When the submission is erased the count stays, without what it was.
    """

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    submission = models.ForeignKey(Submission, on_delete=models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    severity = models.PositiveSmallIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["person", "submission"], name="one_sight_a_person_and_submission")
        ]
        indexes: ClassVar = [models.Index(fields=["person", "-at"])]
