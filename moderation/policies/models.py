"""Drafts of policies, and cases to learn them by."""

import uuid
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from moderation.feedback.models import Example, Policy
from moderation.intake.models import Submission
from moderation.policies.changing import Change


class DraftState(models.TextChoices):
    DRAFT = "draft", _("being written")
    SCHEDULED = "scheduled", _("takes effect at its time")
    PUBLISHED = "published", _("in force")
    WITHDRAWN = "withdrawn", _("withdrawn")


class Draft(models.Model):
    """Changes that are to become a policy."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    title = models.CharField(max_length=120)
    changes = models.JSONField(default=list, help_text="[{kind, subject, in_, field, old, new}]")
    state = models.CharField(max_length=9, choices=DraftState.choices, default=DraftState.DRAFT)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)
    effective_at = models.DateTimeField(null=True)
    scheduled_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    policy = models.OneToOneField(Policy, null=True, on_delete=models.PROTECT, related_name="draft")
    problem = models.CharField(max_length=300, blank=True, help_text="Why it did not take effect.")

    class Meta:
        ordering: ClassVar = ["-made_at"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(state__in=DraftState.values), name="draft_state_is_known"),
            models.CheckConstraint(
                condition=~models.Q(state__in=[DraftState.SCHEDULED, DraftState.PUBLISHED])
                | models.Q(effective_at__isnull=False, scheduled_by__isnull=False),
                name="a_person_schedules_a_draft",
            ),
            models.CheckConstraint(
                condition=models.Q(state=DraftState.PUBLISHED, policy__isnull=False)
                | (~models.Q(state=DraftState.PUBLISHED) & models.Q(policy=None)),
                name="a_published_draft_is_a_policy",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def all_changes(self) -> list[Change]:
        return [Change.of(row) for row in self.changes]


class Case(models.Model):
    """Something with a known answer: an example, or what people decided on once. Goes with what it shows."""

    example = models.OneToOneField(Example, null=True, on_delete=models.CASCADE, related_name="case")
    submission = models.OneToOneField(Submission, null=True, on_delete=models.CASCADE, related_name="training_case")
    outcome = models.CharField(max_length=7, choices=[("approve", "approve"), ("reject", "reject")])
    reasons = models.JSONField(default=list, help_text="Any of these is right.")
    why = models.CharField(max_length=300)
    active = models.BooleanField(default=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(example__isnull=False, submission=None)
                | models.Q(example=None, submission__isnull=False),
                name="a_case_shows_one_thing",
            )
        ]

    def __str__(self) -> str:
        return f"case {self.pk}: {self.outcome}"

    def right(self, outcome: str, reasons: list[str]) -> bool:
        return outcome == self.outcome and (outcome == "approve" or bool(set(reasons) & set(self.reasons)))


class Answer(models.Model):
    """What a person said to a case the first time. For that person alone; a lead sees how many, not which."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="answers")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    outcome = models.CharField(max_length=7)
    reasons = models.JSONField(default=list)
    right = models.BooleanField()
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["case", "user"], name="one_answer_a_person_and_case")]

    def shown(self) -> dict[str, Any]:
        return {"outcome": self.outcome, "reasons": self.reasons, "right": self.right}
