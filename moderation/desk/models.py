"""Who has a submission on the screen, and what people decided."""

import uuid
from datetime import datetime
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone

from moderation.intake.models import Submission


class ClaimQuerySet(models.QuerySet["Claim"]):
    def live(self, now: datetime | None = None) -> "ClaimQuerySet":
        return self.filter(leased_until__gt=now or timezone.now())


class Claim(models.Model):
    """A submission that a person has before them. One row a submission, so nobody else gets it while the lease runs."""

    submission = models.OneToOneField(Submission, on_delete=models.CASCADE, related_name="claim")
    moderator = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="claims")
    made_at = models.DateTimeField(default=timezone.now)
    leased_until = models.DateTimeField()

    objects = ClaimQuerySet.as_manager()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["moderator", "leased_until"])]

    def __str__(self) -> str:
        return f"{self.submission_id} by {self.moderator_id}"


class Skip(models.Model):
    """A person passed this on; they are not asked again."""

    submission = models.ForeignKey(Submission, on_delete=models.CASCADE, related_name="skips")
    moderator = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["submission", "moderator"], name="one_skip_a_person")]


class Outcome(models.TextChoices):
    APPROVE = "approve", "approved"
    REJECT = "reject", "rejected"


class DecisionQuerySet(models.QuerySet["Decision"]):
    def standing_of(self, user: Any) -> "DecisionQuerySet":
        """This person's decisions that were not undone, newest first."""
        return self.filter(moderator_id=user.pk, undone_at=None).order_by("-decided_at")


class Decision(models.Model):
    """What a person decided. Never changed but for `undone_at`; at most one a submission stands."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    submission = models.ForeignKey(Submission, on_delete=models.CASCADE, related_name="decisions")
    moderator = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="decisions")
    outcome = models.CharField(max_length=7, choices=Outcome.choices)
    reasons = models.JSONField(default=list, help_text="Reason codes.")
    policy = models.PositiveIntegerField()
    note = models.TextField(blank=True)
    shown_at = models.DateTimeField(null=True, blank=True, help_text="When it came on the screen.")
    decided_at = models.DateTimeField(default=timezone.now)
    undone_at = models.DateTimeField(null=True, blank=True)

    objects = DecisionQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-decided_at"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["submission"], condition=models.Q(undone_at=None), name="one_standing_decision"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["moderator", "-decided_at"])]

    def __str__(self) -> str:
        return f"{self.outcome} {self.submission_id}"
