"""By when a person should have decided, and in which queue what waits. Settings, kept as rows."""

from typing import ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q

from brickmod.access.models import App

WARN_MINUTES = 5


class DueTime(models.Model):
    """By when what comes from an app, a market, or both should be decided. The row that names more counts."""

    app = models.ForeignKey(App, on_delete=models.CASCADE, null=True, blank=True, help_text="Empty: every app.")
    market = models.CharField(max_length=2, blank=True, help_text="ISO 3166, e.g. DK. Empty: every market.")
    minutes = models.PositiveSmallIntegerField(
        default=15, validators=[MinValueValidator(1), MaxValueValidator(24 * 60)], help_text="After it was received."
    )
    warn_minutes = models.PositiveSmallIntegerField(
        default=WARN_MINUTES, help_text="So long before that, the desk warns that it is due soon."
    )
    weight = models.PositiveSmallIntegerField(
        default=0,
        validators=[MaxValueValidator(9)],
        help_text="0 to 9. Among those that are due in the same minute, the heavier comes first.",
    )

    class Meta:
        ordering: ClassVar = ["app__name", "market"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["app", "market"],
                name="one_due_time",
                violation_error_message="There is a due time for this app and market already.",
            ),
            # In SQL two empty apps are not the same.
            models.UniqueConstraint(fields=["market"], condition=Q(app=None), name="one_due_time_for_every_app"),
            models.CheckConstraint(
                condition=Q(minutes__gte=1) & Q(warn_minutes__lt=F("minutes")),
                name="the_warning_comes_after_the_beginning",
                violation_error_message="The warning must come later than the upload itself.",
            ),
            models.CheckConstraint(condition=Q(weight__lte=9), name="due_weight_is_a_digit"),
        ]

    def __str__(self) -> str:
        return f"{self.app or 'every app'}, {self.market or 'every market'}: {self.minutes} min"


class Queue(models.Model):
    """A named queue. What fits its conditions waits in it; what fits none waits in the general one, which is no row.

    Conditions of one kind are joined by "or", kinds by "and"; without any, only people put something here.
    """

    slug = models.SlugField(primary_key=True, max_length=40)
    name = models.CharField(max_length=60, unique=True)
    position = models.PositiveSmallIntegerField(
        default=100, help_text="What fits several queues waits in the first of them."
    )
    apps = models.ManyToManyField(App, blank=True, related_name="+")
    markets = models.JSONField(default=list, blank=True, help_text="ISO 3166.")
    languages = models.JSONField(default=list, blank=True, help_text="Primary tags, e.g. da.")
    reasons = models.JSONField(default=list, blank=True, help_text="Codes of suspected reasons.")
    skill = models.CharField(
        max_length=40, blank=True, help_text="Only people with this skill are given what waits here. Empty: everybody."
    )
    leads = models.BooleanField(default=False, help_text="Only who may decide what was passed up.")
    escalations = models.BooleanField(default=False, help_text="People may pass something on to this queue.")

    class Meta:
        ordering: ClassVar = ["position", "slug"]

    def __str__(self) -> str:
        return self.name
