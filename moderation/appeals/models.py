"""Somebody says that a decision was wrong: what they appeal against, and what another person made of it."""

import uuid
from datetime import datetime, timedelta
from typing import Any, ClassVar

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from moderation.authors.models import Measure
from moderation.desk.lanes import hidden_from
from moderation.desk.models import Decision
from moderation.feedback.models import validate_market
from moderation.intake.models import Submission


class AppealRule(models.Model):
    """How long after a decision an appeal can be made, and how soon it is to be answered."""

    market = models.CharField(
        max_length=2,
        blank=True,
        unique=True,
        validators=[validate_market],
        help_text="ISO 3166; empty: every market that has no rule of its own.",
    )
    days = models.PositiveSmallIntegerField(default=14, validators=[MinValueValidator(1)], help_text="The window.")
    hours = models.PositiveSmallIntegerField(default=24, validators=[MinValueValidator(1)], help_text="Due after.")

    class Meta:
        ordering: ClassVar = ["market"]

    def __str__(self) -> str:
        return f"{self.market or 'every market'}: {self.days} days, due after {self.hours} h"


def rule_for(market: str) -> AppealRule:
    """The market's own rule, the general one, or what comes with BrickMod."""
    rules = AppealRule.objects.filter(market__in=("", market)).order_by("-market")
    return rules.first() or AppealRule()


class Outcome(models.TextChoices):
    OPEN = "open", _("waits for a person")
    KEPT = "kept", _("stays as it is")
    CHANGED = "changed", _("overturned")


class AppealQuerySet(models.QuerySet["Appeal"]):
    def open_for(self, user: Any) -> "AppealQuerySet":
        """Those that this person may answer: never against a decision of their own, and nothing of a queue that is
        hidden from them. Most due first."""
        return (
            self.filter(outcome=Outcome.OPEN)
            .exclude(submission__queue__in=hidden_from(user))
            .exclude(submission__held=True)
            .filter(models.Q(first_by=None) | ~models.Q(first_by=user))
            .filter(models.Q(second_by=None) | ~models.Q(second_by=user))
            .order_by("due_at")
        )


class Appeal(models.Model):
    """Against a rejection (`decision`; none: the prefilter's), or against what followed for an author (`measure`)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    submission = models.ForeignKey(Submission, null=True, on_delete=models.CASCADE, related_name="appeals")
    decision = models.OneToOneField(Decision, null=True, on_delete=models.CASCADE, related_name="appeal")
    measure = models.OneToOneField(Measure, null=True, on_delete=models.CASCADE, related_name="appeal")
    words = models.TextField(blank=True, help_text="What the child or its family says.")
    made_at = models.DateTimeField(default=timezone.now)
    due_at = models.DateTimeField()
    reasons = models.JSONField(default=list, help_text="Codes for which it was decided.")
    detectors = models.JSONField(default=list, help_text="Those that had pointed at these reasons.")
    policy = models.PositiveIntegerField(help_text="Under which it was decided.")
    market = models.CharField(max_length=2)
    language = models.CharField(max_length=35)
    first_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", help_text="Who decided first."
    )
    second_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="Who had agreed to a measure.",
    )
    outcome = models.CharField(max_length=7, choices=Outcome.choices, default=Outcome.OPEN)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)
    note = models.TextField(blank=True, help_text="For colleagues: why.")
    feedback = models.TextField(blank=True, help_text="What the child reads of it.")
    labels = models.PositiveSmallIntegerField(default=0, help_text="How many labels it left.")

    objects = AppealQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-made_at"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(submission__isnull=False, measure=None)
                | models.Q(submission=None, decision=None, measure__isnull=False),
                name="an_appeal_is_against_one_thing",
            ),
            models.UniqueConstraint(
                fields=["submission"],
                condition=models.Q(decision=None, measure=None),
                name="one_appeal_against_the_prefilter",
            ),
            models.CheckConstraint(
                condition=models.Q(decided_by=None)
                | (
                    (models.Q(first_by=None) | ~models.Q(decided_by=models.F("first_by")))
                    & (models.Q(second_by=None) | ~models.Q(decided_by=models.F("second_by")))
                ),
                name="another_person_decides_an_appeal",
            ),
            models.CheckConstraint(
                condition=models.Q(outcome=Outcome.OPEN, decided_by=None, decided_at=None)
                | (~models.Q(outcome=Outcome.OPEN) & models.Q(decided_by__isnull=False, decided_at__isnull=False)),
                name="a_decided_appeal_says_by_whom",
            ),
            models.CheckConstraint(condition=models.Q(outcome__in=Outcome.values), name="appeal_outcome_is_known"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["due_at"], condition=models.Q(outcome="open"), name="appeal_open"),
            models.Index(fields=["decided_at"], name="appeal_decided"),
        ]

    def __str__(self) -> str:
        return f"{self.get_outcome_display()} ({self.id})"

    @property
    def late(self) -> bool:
        return self.outcome == Outcome.OPEN and self.due_at < timezone.now()


def within(rule: AppealRule, decided_at: datetime, now: datetime) -> bool:
    return now <= decided_at + timedelta(days=rule.days)
