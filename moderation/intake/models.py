"""Submissions and their parts, and who may move a submission from which state to which."""

import uuid
from datetime import datetime
from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from brickmod.access.models import App
from moderation.intake.turn import Turn


class State(models.TextChoices):
    ANALYSING = "analysing", _("being looked at by detectors")
    QUEUED = "queued", _("waiting for a person")
    REJECTED = "rejected", _("rejected")
    APPROVED = "approved", _("approved")
    WITHDRAWN = "withdrawn", _("withdrawn")


class DecidedBy(models.TextChoices):
    PREFILTER = "prefilter", _("the prefilter")
    MODERATOR = "moderator", _("a moderator")


# state -> the states that may follow it. Only a person's decision leads to APPROVED; nothing but a person's undo
# leads away from a person's decision. `SubmissionQuerySet.move` refuses everything else.
MOVES: dict[str, set[str]] = {
    State.ANALYSING: {State.QUEUED, State.REJECTED, State.WITHDRAWN},
    State.QUEUED: {State.APPROVED, State.REJECTED, State.WITHDRAWN},
    State.REJECTED: {State.QUEUED, State.WITHDRAWN},
    State.APPROVED: {State.QUEUED, State.WITHDRAWN},
    State.WITHDRAWN: set(),
}


class SubmissionQuerySet(models.QuerySet["Submission"]):
    def move(self, id: uuid.UUID, old: str, new: str, **fields: object) -> bool:
        """Compare and set: True when the row was in `old` and is in `new` now, False when somebody else was first."""
        if new not in MOVES[old]:
            raise ValueError(f"no way leads from {old} to {new}")
        return bool(self.filter(id=id, state=old).update(state=new, **fields))

    def due_for_prefilter(self, now: datetime) -> "SubmissionQuerySet":
        """Those that no worker holds, oldest first."""
        return (
            self.filter(state=State.ANALYSING)
            .filter(models.Q(look_leased_until=None) | models.Q(look_leased_until__lt=now))
            .order_by("received_at")
        )

    def waiting(self) -> "SubmissionQuerySet":
        """Those that wait for a person, in the order in which people should see them."""
        return self.filter(state=State.QUEUED).order_by(Turn(), "review_due_at", "id")


class Submission(models.Model):
    """What a child sends in."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    app = models.ForeignKey(App, on_delete=models.PROTECT, related_name="submissions")
    external_id = models.CharField(max_length=200)
    content_digest = models.CharField(
        max_length=64, editable=False, help_text="Of all that was sent: same or different?"
    )
    author = models.CharField(max_length=200, help_text="The app's pseudonym for the child.")
    market = models.CharField(max_length=2)
    language = models.CharField(max_length=35)
    app_version = models.CharField(max_length=40, blank=True)

    trail = models.UUIDField(
        default=uuid.uuid4,
        unique=True,
        editable=False,
        help_text="Its name in the audit trail, and nowhere else: when this row is erased, the trail leads nowhere.",
    )

    state = models.CharField(max_length=10, choices=State.choices, default=State.ANALYSING)
    decided_by = models.CharField(max_length=10, choices=DecidedBy.choices, null=True, blank=True)  # noqa: DJ001
    reasons = models.JSONField(default=list, help_text="[{code, title}], as they read when it was decided.")
    feedback = models.TextField(blank=True, help_text="What the child is told, as it read when it was decided.")
    priority = models.PositiveSmallIntegerField(default=0, help_text="0 calm, 1 flagged, 2 look at once.")
    queue = models.CharField(max_length=40, blank=True, default="", help_text="Where it waits; empty: the general one.")
    weight = models.PositiveSmallIntegerField(default=0, help_text="Of its app and market, 0 to 9.")
    risk = models.PositiveSmallIntegerField(default=0, help_text="How bad what was found may be, 0 to 100.")

    received_at = models.DateTimeField(default=timezone.now)
    prefiltered_at = models.DateTimeField(null=True, blank=True)
    review_due_at = models.DateTimeField(null=True, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    answer_at = models.DateTimeField(
        null=True, blank=True, help_text="When the app may know: a person's decision can be undone until then."
    )
    audit = models.BooleanField(default=False, help_text="In the random sample that people look at whatever was found.")
    look_leased_until = models.DateTimeField(null=True, blank=True)
    looks = models.PositiveSmallIntegerField(
        default=0, help_text="How often a worker began; after three a person takes over."
    )
    held = models.BooleanField(
        default=False,
        editable=False,
        help_text="Withdrawn here, and under a legal hold: it is shown to nobody, and not erased while that lasts.",
    )

    objects = SubmissionQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["app", "external_id"], name="one_submission_an_external_id"),
            models.CheckConstraint(condition=models.Q(state__in=State.values), name="submission_state_is_known"),
            models.CheckConstraint(
                condition=models.Q(held=False) | models.Q(state=State.WITHDRAWN), name="what_is_held_is_withdrawn"
            ),
            # Default deny, held by the database itself. (NULL = 'moderator' is not false in SQL, and would pass.)
            models.CheckConstraint(
                condition=~models.Q(state=State.APPROVED)
                | models.Q(decided_by__isnull=False, decided_by=DecidedBy.MODERATOR),
                name="only_a_person_approves",
            ),
        ]
        indexes: ClassVar = [
            models.Index(Turn(), "review_due_at", "id", condition=models.Q(state="queued"), name="submission_waiting"),
            models.Index(
                "queue", Turn(), "review_due_at", "id", condition=models.Q(state="queued"), name="submission_in_queue"
            ),
            models.Index(  # almost always empty: whether anything must be looked at at once costs nothing to ask
                Turn(),
                "review_due_at",
                "id",
                condition=models.Q(state="queued", priority=2),
                name="submission_urgent",
            ),
            models.Index(fields=["received_at"], condition=models.Q(state="analysing"), name="submission_analysing"),
            models.Index(fields=["app", "author", "-received_at"], name="submission_author"),
            models.Index(fields=["app", "-received_at", "id"], name="submission_newest"),
            models.Index(fields=["-received_at", "id"], name="submission_by_time"),  # search, over all apps
        ]

    def __str__(self) -> str:
        return f"{self.app_id}/{self.external_id}"

    def public_state(self, now: datetime | None = None) -> str:
        """What the app may know: a person's decision stays `queued` until its undo window is over; what is held is
        rejected, and that is all."""
        if self.held:
            return State.REJECTED
        held = self.decided_by == DecidedBy.MODERATOR and self.answer_at and self.answer_at > (now or timezone.now())
        return State.QUEUED if held else self.state


class PartKind(models.TextChoices):
    IMAGE = "image", _("picture")
    TEXT = "text", _("text")
    VIDEO = "video", _("video")


class TextRole(models.TextChoices):
    """Which text of the submission a text part is."""

    TITLE = "title", _("title")
    TEXT = "text", _("text")
    HASHTAGS = "hashtags", _("hashtags")


def part_path(part: "Part", filename: str) -> str:
    """Where a part's file lies. The name is ours: nothing from outside becomes a path."""
    return f"parts/{part.id.hex[:2]}/{part.id.hex}.{filename.rsplit('.', 1)[-1]}"


def preview_path(part: "Part", filename: str) -> str:
    return f"parts/{part.id.hex[:2]}/{part.id.hex}-preview.jpg"


class Part(models.Model):
    """One picture, text or video of a submission."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    submission = models.ForeignKey(Submission, on_delete=models.CASCADE, related_name="parts")
    kind = models.CharField(max_length=5, choices=PartKind.choices)
    position = models.PositiveSmallIntegerField(help_text="Among the parts of its kind, from 0.")
    role = models.CharField(max_length=8, choices=TextRole.choices, blank=True)
    text = models.TextField(blank=True)
    file = models.FileField(upload_to=part_path, blank=True, max_length=120)
    preview = models.FileField(upload_to=preview_path, blank=True, max_length=120, help_text="Long side 1280, JPEG.")
    width = models.PositiveIntegerField(default=0)
    height = models.PositiveIntegerField(default=0)
    seconds = models.FloatField(default=0)
    digest = models.CharField(max_length=64, db_index=True, help_text="SHA-256 of what was sent.")
    had_gps = models.BooleanField(default=False, help_text="The file said where it was taken; that is gone.")

    class Meta:
        ordering: ClassVar = ["kind", "position"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["submission", "kind", "position"], name="one_part_a_position")
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """How the API calls it: "title", "text", "hashtags", "image:0", "video:0"."""
        return self.role or f"{self.kind}:{self.position}"


class ErasureReceipt(models.Model):
    """That something was erased, for whom, and how much of what: nothing here says what it was."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    app = models.ForeignKey(App, on_delete=models.PROTECT, related_name="+", editable=False)
    at = models.DateTimeField(default=timezone.now, editable=False)
    counts = models.JSONField(
        default=dict, editable=False, help_text="How many parts, files, findings, features, events."
    )
    scrubbed_at = models.DateTimeField(
        null=True, editable=False, help_text="When what files and logs still held of deleted rows was overwritten."
    )

    class Meta:
        ordering: ClassVar = ["-at"]
        indexes: ClassVar = [
            models.Index(fields=["at"], condition=models.Q(scrubbed_at=None), name="receipt_to_scrub"),
        ]

    def __str__(self) -> str:
        return str(self.id)
