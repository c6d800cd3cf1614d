"""Which submissions are easy enough for a grid, and what was shown in one, for how long."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from brickmod.access.models import App
from moderation.agreement.models import KnownAnswer
from moderation.desk.models import Decision
from moderation.intake.models import State, Submission

FEWEST, MOST = 12, 30


class GridRule(models.Model):
    """What comes into a grid. One row; what it says holds from the next grid on."""

    on = models.BooleanField(default=True, help_text="Offer grids at all.")
    least = models.PositiveSmallIntegerField(
        default=FEWEST,
        validators=[MinValueValidator(FEWEST), MaxValueValidator(MOST)],
        help_text="With fewer that fit, there is no grid: 12 to 30.",
    )
    most = models.PositiveSmallIntegerField(
        default=24,
        validators=[MinValueValidator(FEWEST), MaxValueValidator(MOST)],
        help_text="So many at once: 12 to 30.",
    )
    risk = models.PositiveSmallIntegerField(
        default=0, validators=[MaxValueValidator(100)], help_text="The highest risk that fits, 0 to 100."
    )
    letters = models.PositiveSmallIntegerField(
        default=240, validators=[MaxValueValidator(600)], help_text="More text than that cannot be read in a tile."
    )
    seconds = models.FloatField(
        default=2.0,
        validators=[MinValueValidator(0.5), MaxValueValidator(60)],
        help_text="So long a tile must have been on the screen before it can be approved.",
    )
    known = models.PositiveSmallIntegerField(
        default=25, validators=[MaxValueValidator(100)], help_text="In so many of 100 grids lies a known bad one."
    )
    not_apps = models.ManyToManyField(App, blank=True, related_name="+", help_text="Never from these apps.")
    not_markets = models.JSONField(default=list, blank=True, help_text="Never from these markets: ISO 3166.")

    class Meta:
        verbose_name = "rule of the grid"
        verbose_name_plural = "rule of the grid"
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(id=1), name="one_grid_rule"),
            models.CheckConstraint(
                condition=Q(least__gte=FEWEST, most__lte=MOST, least__lte=F("most")), name="a_grid_has_12_to_30"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.least} to {self.most}, risk up to {self.risk}, {self.seconds:g} s each"

    def clean(self) -> None:
        if self.least > self.most:
            raise ValidationError({"most": "At least as many as the fewest."})


def the_rule() -> GridRule:
    """The row, or what comes with BrickMod."""
    return GridRule.objects.filter(id=1).first() or GridRule(id=1)


class Grid(models.Model):
    """What one person had before them at once. Its id is in the claims of what is in it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)
    served_at = models.DateTimeField(default=timezone.now, help_text="When the page was made: looking begins then.")
    seconds = models.FloatField(help_text="So long each must be on the screen, as it was when it was served.")
    press = models.UUIDField(null=True, unique=True, help_text="Made by who approves: the same again changes nothing.")
    pressed_at = models.DateTimeField(null=True)
    undone_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["person", "-made_at"])]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["person"], condition=Q(pressed_at=None), name="one_open_grid_a_person"),
        ]

    def __str__(self) -> str:
        return str(self.id)


class Fate(models.TextChoices):
    """What became of a tile."""

    OPEN = "open", "not decided"
    APPROVED = "approved", "approved"
    MARKED = "marked", "doubtful: to the desk"
    UNSEEN = "unseen", "not long enough on the screen: given back"
    LOST = "lost", "somebody else's, decided or withdrawn meanwhile"


class TileQuerySet(models.QuerySet["Tile"]):
    def there(self) -> "TileQuerySet":
        """Without what was withdrawn, or hidden."""
        return self.exclude(submission__state=State.WITHDRAWN)


class Tile(models.Model):
    """One of the grid: a submission that waits, or a known case. A page knows it by this id, and no other."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    grid = models.ForeignKey(Grid, on_delete=models.CASCADE, related_name="tiles")
    submission = models.ForeignKey(Submission, on_delete=models.CASCADE, related_name="tiles")
    known = models.OneToOneField(KnownAnswer, null=True, on_delete=models.CASCADE, related_name="tile")
    position = models.PositiveSmallIntegerField()
    shown_ms = models.PositiveIntegerField(default=0, help_text="On the screen since the page was made.")
    fate = models.CharField(max_length=8, choices=Fate.choices, default=Fate.OPEN)
    decision = models.OneToOneField(Decision, null=True, on_delete=models.CASCADE, related_name="tile")

    objects = TileQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["position"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["grid", "submission"], name="one_tile_a_submission"),
            models.CheckConstraint(
                condition=~Q(fate=Fate.APPROVED) | Q(decision__isnull=False) | Q(known__isnull=False),
                name="an_approved_tile_has_its_decision",
            ),
            models.CheckConstraint(condition=Q(known=None) | Q(decision=None), name="a_known_case_is_never_decided_on"),
        ]

    def __str__(self) -> str:
        return f"{self.grid_id} {self.position}: {self.fate}"
