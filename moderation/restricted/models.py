"""Cases of content that is suspected to be illegal: what became of it, until when it is kept, and who looked.

What it is stands nowhere in clear: the record is sealed here, the files in the vault, the keys in a folder
of their own.
"""

import uuid
from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone

from brickmod.access.models import App
from moderation.intake.models import ErasureReceipt, Submission

# What is done after it was hidden, in this order. Each can be done again; a case that stopped says at which, and why.
STEPS = {
    "previews": "Small pictures removed",
    "features": "Vectors, labels and what was published taken out",
    "record": "Texts and findings sealed",
    "files": "Files sealed in the vault, and opened again to be sure",
    "sources": "Files removed from where they lay",
    "rows": "Rows removed from the database",
}


class CaseQuerySet(models.QuerySet["Case"]):
    def unfinished(self) -> "CaseQuerySet":
        """Hidden, but not yet all that follows was done."""
        return self.filter(preserved_at=None, destroyed_at=None)

    def to_preserve(self, now: datetime) -> "CaseQuerySet":
        free = models.Q(leased_until=None) | models.Q(leased_until__lte=now)
        return self.unfinished().filter(free).order_by("made_at")

    def open(self) -> "CaseQuerySet":
        """Nobody has entered the receipt of a report."""
        return self.filter(receipt="", destroyed_at=None)

    def to_destroy(self, now: datetime) -> "CaseQuerySet":
        """The hold is over, and it was reported: a case that is still open keeps what it is about."""
        return self.filter(hold_until__lte=now, destroyed_at=None, preserved_at__isnull=False).exclude(receipt="")


class Case(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    submission = models.OneToOneField(
        Submission, null=True, on_delete=models.SET_NULL, related_name="case", editable=False
    )
    app = models.ForeignKey(App, on_delete=models.PROTECT, related_name="+", editable=False)
    external_id = models.CharField(max_length=200, editable=False)
    made_at = models.DateTimeField(default=timezone.now, editable=False)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", editable=False)
    due_at = models.DateTimeField(help_text="By when it should be reported.")
    hold_until = models.DateTimeField(help_text="Kept at least until then.")

    was = models.JSONField(default=dict, help_text="State and decision before, for the record; emptied when sealed.")
    steps = models.JSONField(default=dict, help_text="{step: when it was done}")
    files = models.JSONField(default=list, help_text="[{part, kind, type, size, sha256, sealed}]")
    record = models.BinaryField(null=True, editable=False, help_text="Texts, findings, decisions: sealed.")
    preserved_at = models.DateTimeField(null=True, help_text="When all steps were done.")
    problem = models.CharField(max_length=300, blank=True, help_text="Why the next step is not done.")
    tries = models.PositiveSmallIntegerField(default=0)
    leased_until = models.DateTimeField(null=True)
    traces = models.ForeignKey(
        ErasureReceipt,
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text="Says when what files still held of removed rows was overwritten.",
    )

    receipt = models.CharField(max_length=100, blank=True, help_text="Number of the report's receipt.")
    reported_to = models.CharField(max_length=100, blank=True)
    reported_at = models.DateTimeField(null=True)
    reported_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    destroyed_at = models.DateTimeField(null=True)

    objects = CaseQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-made_at"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(receipt="", reported_at=None, reported_by=None)
                | (~models.Q(receipt="") & models.Q(reported_at__isnull=False, reported_by__isnull=False)),
                name="a_report_has_a_receipt_and_a_person",
            ),
            models.CheckConstraint(
                condition=models.Q(destroyed_at=None) | (models.Q(record=None) & ~models.Q(receipt="")),
                name="only_what_was_reported_is_destroyed",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["made_at"], condition=models.Q(preserved_at=None), name="case_to_preserve")
        ]

    def __str__(self) -> str:
        return f"case {self.number}"

    @property
    def number(self) -> str:
        """How a person reads it out: "7F3A-90C2"."""
        return f"{self.id.hex[:4]}-{self.id.hex[4:8]}".upper()

    @property
    def state(self) -> str:
        if self.destroyed_at:
            return "destroyed"
        if self.preserved_at is None:
            return "stuck" if self.problem else "hidden"
        return "reported" if self.receipt else "open"

    @property
    def overdue(self) -> bool:
        return not self.receipt and self.due_at <= timezone.now()


class Opening(models.Model):
    """Two people open a case together: one asks, another agrees, each with their password; then both may look, until
    `until`."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="openings")
    why = models.CharField(max_length=300)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now)
    agreed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    agreed_at = models.DateTimeField(null=True)
    until = models.DateTimeField(help_text="First: by when somebody must agree. Then: until when it is open.")

    class Meta:
        ordering: ClassVar = ["-asked_at"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(agreed_by=None, agreed_at=None)
                | (models.Q(agreed_at__isnull=False) & ~models.Q(agreed_by=models.F("asked_by"))),
                name="two_people_open_a_case",
            )
        ]
