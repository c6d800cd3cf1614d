"""Figures that hold for everybody, as one row that an admin changes without a restart."""

from typing import ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q


class House(models.Model):
    """What is empty is as the service was started with. A change counts within five seconds, in every process."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    undo_seconds = models.PositiveSmallIntegerField(
        null=True,
        blank=True,
        validators=[MaxValueValidator(300)],
        help_text="So long a decision can be undone, and so long its answer to the app is held back.",
    )
    lease_seconds = models.PositiveSmallIntegerField(
        null=True,
        blank=True,
        validators=[MinValueValidator(60), MaxValueValidator(600)],
        help_text="So long an upload stays with a person whose page does not answer any more; the page prolongs it "
        "every 30 s. 60 to 600.",
    )
    audit_percent = models.DecimalField(
        null=True,
        blank=True,
        max_digits=4,
        decimal_places=1,
        validators=[MaxValueValidator(100)],
        help_text="Of all uploads, drawn at random: people look at them whatever was found. Estimates rest on these.",
    )
    rechecks_a_day = models.PositiveIntegerField(
        null=True,
        blank=True,
        validators=[MaxValueValidator(100_000)],
        help_text="About so many of the prefilter's rejections people see again a day.",
    )

    class Meta:
        verbose_name = verbose_name_plural = "house rules"
        constraints: ClassVar = [models.CheckConstraint(condition=Q(id=1), name="one_house")]

    def __str__(self) -> str:
        return "House rules"
