"""Who has a submission on the screen, and what people decided."""

import uuid
from datetime import datetime
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from moderation.intake.models import Part, Submission


class ClaimQuerySet(models.QuerySet["Claim"]):
    def live(self, now: datetime | None = None) -> "ClaimQuerySet":
        return self.filter(leased_until__gt=now or timezone.now())

    def at_desk(self) -> "ClaimQuerySet":
        """Those of the ordinary desk: what was claimed for a grid is not on it."""
        return self.filter(together=None)


class Claim(models.Model):
    """A submission that a person has before them. One row a submission, so nobody else gets it while the lease runs."""

    submission = models.OneToOneField(Submission, on_delete=models.CASCADE, related_name="claim")
    moderator = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="claims")
    made_at = models.DateTimeField(default=timezone.now)
    leased_until = models.DateTimeField()
    together = models.UUIDField(
        null=True, editable=False, help_text="The grid for which it was claimed with others; empty: for the desk."
    )

    objects = ClaimQuerySet.as_manager()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["moderator", "leased_until"])]

    def __str__(self) -> str:
        return f"{self.submission_id} by {self.moderator_id}"


class SkipWhy(models.TextChoices):
    """Why a person passes something on. Nobody has to say it."""

    LANGUAGE = "language", _("I cannot read it")
    UNSURE = "unsure", _("I am not sure")
    KNOWN = "known", _("I know who made it")
    RATHER_NOT = "rather_not", _("I would rather not")


class Skip(models.Model):
    """A person passed this on; they are not asked again."""

    submission = models.ForeignKey(Submission, on_delete=models.CASCADE, related_name="skips")
    moderator = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    why = models.CharField(max_length=10, choices=SkipWhy.choices, blank=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["submission", "moderator"], name="one_skip_a_person")]


class ParkQuerySet(models.QuerySet["Park"]):
    def away(self, now: datetime) -> "ParkQuerySet":
        return self.filter(until__gt=now)

    def end(self, submission: Submission, now: datetime | None = None) -> int:
        """It is not away any more: it was decided, or passed on. That it was, and the note, stay."""
        now = now or timezone.now()
        return self.away(now).filter(submission=submission).update(until=now)


class Park(models.Model):
    """Set aside until a time: nobody is given it before. Its due time stays what it was. It may be set aside again when
    it is back; at most one of its rows is not over, since nobody can set aside what they cannot be given."""

    submission = models.ForeignKey(Submission, on_delete=models.CASCADE, related_name="parks")
    moderator = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    until = models.DateTimeField(db_index=True)
    note = models.TextField(blank=True, help_text="For colleagues.")

    objects = ParkQuerySet.as_manager()


class Escalation(models.Model):
    """A person passed something on to a named queue. Its id, made by who asks, is the receipt."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    submission = models.ForeignKey(Submission, on_delete=models.CASCADE, related_name="escalations")
    moderator = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    from_queue = models.CharField(max_length=40, blank=True)
    to_queue = models.CharField(max_length=40)
    note = models.TextField(blank=True, help_text="For colleagues.")

    class Meta:
        ordering: ClassVar = ["at"]

    @property
    def receipt(self) -> str:
        """How a person reads it out: "7F3A-90C2"."""
        return f"{self.id.hex[:4]}-{self.id.hex[4:8]}".upper()


class Outcome(models.TextChoices):
    APPROVE = "approve", _("approved")
    REJECT = "reject", _("rejected")


STANDS = models.Q(undone_at=None, reversed_at=None)


class DecisionQuerySet(models.QuerySet["Decision"]):
    def standing_of(self, user: Any) -> "DecisionQuerySet":
        """This person's decisions that stand, newest first."""
        return self.standing().filter(moderator_id=user.pk).order_by("-decided_at")

    def standing(self) -> "DecisionQuerySet":
        return self.filter(STANDS)


class Decision(models.Model):
    """What a person decided. Never changed but for how it ended: undone by who made it, before anybody heard of it, or
    reversed later by another decision. At most one a submission stands, and nothing but a person ends it."""

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
    on_appeal = models.BooleanField(default=False, help_text="Final: the app is told at once.")
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    reverses = models.OneToOneField(
        "self", on_delete=models.CASCADE, null=True, blank=True, related_name="reversal", help_text="The one before."
    )
    reversed_at = models.DateTimeField(null=True, blank=True)
    reversed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = DecisionQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-decided_at"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["submission"], condition=STANDS, name="one_standing_decision"),
            # A decision that ends names the person who ended it; person_stands.py does the rest.
            models.CheckConstraint(
                condition=models.Q(undone_at=None, undone_by=None)
                | models.Q(undone_at__isnull=False, undone_by__isnull=False),
                name="a_person_undoes",
            ),
            models.CheckConstraint(
                condition=models.Q(reversed_at=None, reversed_by=None)
                | models.Q(reversed_at__isnull=False, reversed_by__isnull=False),
                name="a_person_reverses",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["moderator", "-decided_at"])]

    def __str__(self) -> str:
        return f"{self.outcome} {self.submission_id}"


class PartDecision(models.Model):
    """What was said of one part: that a reason holds for it, and where, or that it is fine."""

    decision = models.ForeignKey(Decision, on_delete=models.CASCADE, related_name="parts")
    part = models.ForeignKey(Part, on_delete=models.CASCADE, related_name="decisions")
    outcome = models.CharField(max_length=7, choices=Outcome.choices)
    reasons = models.JSONField(default=list, help_text="Reason codes.")
    where = models.JSONField(
        null=True, help_text="A box (x, y, w, h as shares) or a span (start, end); null: all of it."
    )


class Toured(models.Model):
    """A person was shown around the desk, or did not want to be: they are not asked again."""

    person = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="toured", primary_key=True
    )
    at = models.DateTimeField(default=timezone.now)
    whole = models.BooleanField(default=False, help_text="They saw it to its end.")


class Keys(models.Model):
    """A person's own keys on the desk: {action: key}, only those that differ from the house's."""

    person = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="desk_keys", primary_key=True
    )
    own = models.JSONField(default=dict)
