"""Authors of whom there is something to remember: their strikes, what followed from them, and what is set for that.

An author has a row only when a person rejected something of theirs, or something was decided about them. The name is
the app's pseudonym; nothing of a device is kept.
"""

import uuid
from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from brickmod.access.models import App
from moderation.feedback.models import Reason, validate_market
from moderation.intake.models import Submission


class Follows(models.TextChoices):
    """What can follow, from the mildest to the hardest."""

    WARN = "warn", _("warned")
    SLOW = "slow", _("slowed down")
    REVIEW = "review", _("reviewed first")
    BAN = "ban", _("banned")


STRENGTH: dict[str, int] = {follows: n for n, follows in enumerate(Follows.values)}


class StrikeRule(models.Model):
    """What a rejection for a reason weighs, and how that fades. A rule for a market goes before the one for all."""

    reason = models.ForeignKey(Reason, on_delete=models.CASCADE, related_name="strike_rules")
    market = models.CharField(
        max_length=2, blank=True, validators=[validate_market], help_text="ISO 3166; empty: every market."
    )
    points = models.FloatField(validators=[MinValueValidator(0)], help_text="0: no strike.")
    half_life_days = models.PositiveSmallIntegerField(
        default=30, validators=[MinValueValidator(1)], help_text="After so many days it weighs half."
    )
    expires_days = models.PositiveSmallIntegerField(
        default=180, validators=[MinValueValidator(1)], help_text="After so many days it weighs nothing."
    )

    class Meta:
        ordering: ClassVar = ["reason__position", "market"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["reason", "market"], name="one_strike_rule_a_reason_and_market"),
            models.CheckConstraint(condition=models.Q(points__gte=0), name="strike_rule_points_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.reason_id}{f' in {self.market}' if self.market else ''}: {self.points:g}"


class Step(models.Model):
    """From how many points on what follows."""

    at = models.FloatField(validators=[MinValueValidator(0.1)], help_text="From so many points on.")
    market = models.CharField(
        max_length=2,
        blank=True,
        validators=[validate_market],
        help_text="Empty: every market. A market that has steps of its own has only those.",
    )
    follows = models.CharField(max_length=6, choices=Follows.choices)
    days = models.PositiveSmallIntegerField(null=True, blank=True, help_text="For so long; empty: until it is lifted.")
    a_day = models.PositiveSmallIntegerField(null=True, blank=True, help_text="Slowed down: so many uploads in 24 h.")
    needs_person = models.BooleanField(
        default=False, help_text="It is only proposed; another person than who rejected last must agree."
    )

    class Meta:
        ordering: ClassVar = ["market", "at"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["market", "at"], name="one_step_at_so_many_points"),
            models.CheckConstraint(condition=models.Q(follows__in=Follows.values), name="step_follows_is_known"),
            models.CheckConstraint(
                condition=~models.Q(follows=Follows.SLOW) | models.Q(a_day__isnull=False, a_day__gte=1),
                name="slow_says_how_many",
                violation_error_message="Slowed down: say how many uploads a day.",
            ),
            models.CheckConstraint(  # no count of strikes bans a child for good
                condition=~models.Q(follows=Follows.BAN) | models.Q(needs_person=True),
                name="a_person_agrees_to_a_ban",
                violation_error_message="A ban needs a person who agrees.",
            ),
        ]

    def __str__(self) -> str:
        for_ = f" for {self.days} days" if self.days else ""
        return f"{self.at:g} points: {self.get_follows_display()}{for_}"


class Author(models.Model):
    """An app's pseudonym of which something is remembered."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    app = models.ForeignKey(App, on_delete=models.CASCADE, related_name="authors")
    name = models.CharField(max_length=200)
    market = models.CharField(max_length=2, blank=True, help_text="Of the upload of which we last had to speak.")
    language = models.CharField(max_length=35, blank=True, help_text="In which the child is told.")
    since = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["app", "name"], name="one_author_a_pseudonym")]

    def __str__(self) -> str:
        return f"{self.app_id}/{self.name}"


class StrikeQuerySet(models.QuerySet["Strike"]):
    def counting(self, now: datetime | None = None) -> "StrikeQuerySet":
        """Those that stand, and can no longer be undone with their decision."""
        return self.filter(withdrawn_at=None, counts_from__lte=now or timezone.now())


class Strike(models.Model):
    """A person rejected something for a reason that weighs. Weight and fading are kept as they were that day."""

    author = models.ForeignKey(Author, on_delete=models.CASCADE, related_name="strikes")
    submission = models.ForeignKey(Submission, null=True, on_delete=models.SET_NULL, related_name="+")
    decision = models.UUIDField(null=True, unique=True, help_text="The desk's; gone when the submission is erased.")
    struck_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=40)
    policy = models.PositiveIntegerField()
    points = models.FloatField()
    half_life_days = models.PositiveSmallIntegerField()
    expires_days = models.PositiveSmallIntegerField()
    at = models.DateTimeField(default=timezone.now)
    counts_from = models.DateTimeField(help_text="When its decision can no longer be undone.")
    weighed_at = models.DateTimeField(null=True, help_text="When what follows from it was settled.")
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_because = models.CharField(max_length=200, blank=True)

    objects = StrikeQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-at"]
        indexes: ClassVar = [
            models.Index(
                fields=["counts_from"],
                condition=models.Q(weighed_at=None, withdrawn_at=None),
                name="strike_to_weigh",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reason} {self.points:g}"


class MeasureState(models.TextChoices):
    PROPOSED = "proposed", _("waits for a person to agree")
    IN_FORCE = "in_force", _("in force")
    ENDED = "ended", _("ended")


class End(models.TextChoices):
    EXPIRED = "expired", _("its time was over")
    LIFTED = "lifted", _("lifted by a person")
    REFUSED = "refused", _("refused by a person")
    APPEAL = "appeal", _("lifted on appeal")
    WITHDRAWN = "withdrawn", _("the strikes under it were withdrawn")


OPEN = (MeasureState.PROPOSED, MeasureState.IN_FORCE)


class MeasureQuerySet(models.QuerySet["Measure"]):
    def in_force(self, now: datetime | None = None) -> "MeasureQuerySet":
        """By the clock: what is over has no effect, even before a sweep has said so."""
        now = now or timezone.now()
        return self.filter(models.Q(until=None) | models.Q(until__gt=now), state=MeasureState.IN_FORCE)

    def proposed(self) -> "MeasureQuerySet":
        return self.filter(state=MeasureState.PROPOSED)


class Measure(models.Model):
    """What followed for an author: by their points, or because a person thought so."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    author = models.ForeignKey(Author, on_delete=models.CASCADE, related_name="measures")
    follows = models.CharField(max_length=6, choices=Follows.choices)
    days = models.PositiveSmallIntegerField(null=True)
    a_day = models.PositiveSmallIntegerField(null=True)
    state = models.CharField(max_length=8, choices=MeasureState.choices)
    reasons = models.JSONField(default=list, help_text="Reason codes.")
    points = models.FloatField(default=0)
    policy = models.PositiveIntegerField()
    because = models.CharField(max_length=300, blank=True, help_text="In the words of who proposed it.")
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="Who proposed it, or made the last rejection under it.",
    )
    agreed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)
    since = models.DateTimeField(null=True, help_text="When it came in force.")
    until = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    end = models.CharField(max_length=9, choices=End.choices, blank=True)
    end_because = models.CharField(max_length=300, blank=True)

    objects = MeasureQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-made_at"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["author", "follows"],
                condition=models.Q(state__in=["proposed", "in_force"]),
                name="one_open_measure_of_a_kind",
            ),
            models.CheckConstraint(
                condition=models.Q(agreed_by=None)
                | models.Q(asked_by=None)
                | ~models.Q(agreed_by=models.F("asked_by")),
                name="another_person_agrees",
            ),
            models.CheckConstraint(
                condition=~models.Q(state=MeasureState.IN_FORCE, follows=Follows.BAN)
                | models.Q(agreed_by__isnull=False),
                name="a_ban_in_force_was_agreed_to",
            ),
            models.CheckConstraint(
                condition=models.Q(state=MeasureState.ENDED, ended_at__isnull=False)
                | (~models.Q(state=MeasureState.ENDED) & models.Q(ended_at=None)),
                name="an_ended_measure_says_when",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["until"], condition=models.Q(state="in_force"), name="measure_to_expire")
        ]

    def __str__(self) -> str:
        return f"{self.get_follows_display()} ({self.get_state_display()})"
