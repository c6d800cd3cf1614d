"""What the detectors said, and the only way from a part to its features (until the window closes)."""

import uuid
from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from moderation.intake.models import DecidedBy, Part, State, Submission


class CountedManager(models.Manager["Finding"]):
    """Only findings that counted. Who wants those that were made beside them asks `Finding.every`."""

    def get_queryset(self) -> "models.QuerySet[Finding]":
        return super().get_queryset().filter(counted=True)


class Finding(models.Model):
    """What one detector said of one part: the champion, or a challenger where it counted in the champion's place.

    What was said beside it, and counted for nothing, is not in `objects` and not in `part.findings`: an answer to the
    app, or a moderator's page, cannot show it by mistake. It lies in `every`.
    """

    part = models.ForeignKey(Part, on_delete=models.CASCADE, related_name="findings")
    detector = models.CharField(max_length=40)
    model_version = models.CharField(max_length=60)
    alias = models.CharField(max_length=12, default="champion")
    counted = models.BooleanField(default=True, help_text="Did the answer follow from it?")
    verdict = models.CharField(max_length=6, choices=[(v, v) for v in ("pass", "flag", "reject", "error")])
    reason = models.CharField(max_length=40, blank=True)
    score = models.FloatField()
    threshold = models.FloatField()
    evidence = models.JSONField(default=list, help_text="Boxes (x, y, w, h as shares) or spans (start, end).")
    note = models.CharField(max_length=300, blank=True)
    ms = models.FloatField()
    made_at = models.DateTimeField(default=timezone.now)

    objects = CountedManager()
    every: ClassVar[models.Manager["Finding"]] = models.Manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["part", "detector", "model_version", "alias"], name="one_finding_a_look")
        ]
        indexes: ClassVar = [
            models.Index(fields=["detector", "-made_at"]),
            models.Index(  # search asks for what was found; most findings are a pass
                fields=["detector", "verdict", "reason"], condition=~models.Q(verdict="pass"), name="finding_not_pass"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.detector}: {self.verdict}"


class Link(models.Model):
    """From a part to something that was kept of it, sealed under the key of its `slot`, which lies in no database.

    Dies with its key, with its part, or when the window closes.
    """

    part = models.ForeignKey(Part, on_delete=models.CASCADE, related_name="%(class)ss")
    slot = models.DateTimeField(db_index=True, help_text="The beginning of the half hour in which it was made.")
    sealed = models.BinaryField()

    class Meta:
        abstract = True


class FeatureLink(Link):
    """To one of its features."""

    part = models.ForeignKey(Part, on_delete=models.CASCADE, related_name="links")


class PairLink(Link):
    """To one of the pairs of heads that looked at it."""


class Unsettled(models.Model):
    """A feature whose day is not over yet: when all windows of the day have closed, it gets a new place and a new id.

    Nothing here leads to a part. `told_day` is empty until the day is settled: then it is what the store is told.
    """

    feature = models.UUIDField(primary_key=True, editable=False)
    becomes = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    view = models.CharField(max_length=10)
    market = models.CharField(max_length=2, blank=True)
    day = models.DateField(db_index=True)
    told_day = models.DateField(null=True)


class RecheckAnswer(models.TextChoices):
    RIGHT = "right", _("rightly rejected")
    BACK = "back", _("put back into the queue")


class RecheckQuerySet(models.QuerySet["Recheck"]):
    def open(self, since: datetime) -> "RecheckQuerySet":
        """Drawn after `since`, not answered, and still the prefilter's rejection; in random order, so that what
        nobody gets to is missing at random."""
        return self.filter(
            answer="",
            drawn_at__gt=since,
            submission__state=State.REJECTED,
            submission__decided_by=DecidedBy.PREFILTER,
        ).order_by("place")


class Recheck(models.Model):
    """A rejection of the prefilter that was drawn, by known chance, to be looked at by a person."""

    submission = models.OneToOneField(Submission, on_delete=models.CASCADE, related_name="recheck", primary_key=True)
    place = models.FloatField(help_text="The number by which it was drawn, in 0..1.")
    chance = models.FloatField(help_text="With which it was drawn, given that it was rejected.")
    drawn_at = models.DateTimeField(default=timezone.now, db_index=True)
    held_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    held_until = models.DateTimeField(null=True, blank=True)
    answer = models.CharField(max_length=5, choices=RecheckAnswer.choices, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    answered_at = models.DateTimeField(null=True, blank=True)

    objects = RecheckQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.submission_id}: {self.answer or 'open'}"
