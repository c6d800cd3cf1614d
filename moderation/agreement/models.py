"""How far people agree: second decisions, known cases, and sets that all decide once. None of these is a decision."""

import uuid
from datetime import datetime
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from moderation.desk.models import Decision, Outcome
from moderation.intake.models import State, Submission

PERSON = settings.AUTH_USER_MODEL
STATES: dict[str, str] = {Outcome.APPROVE: State.APPROVED, Outcome.REJECT: State.REJECTED}


class Settled(models.TextChoices):
    FIRST = "first", "the first was right"
    SECOND = "second", "the second was right"
    LEFT = "left", "left as it is: both can be defended"


class SecondLookQuerySet(models.QuerySet["SecondLook"]):
    def open_for(self, user: Any, since: datetime) -> "SecondLookQuerySet":
        """Drawn after `since`, not answered, never this person's own; in random order, so that what nobody gets to is
        missing at random."""
        return self.there().filter(outcome="", drawn_at__gt=since).exclude(first_by=user).order_by("place")

    def there(self) -> "SecondLookQuerySet":
        """Without what was withdrawn, or hidden: no page shows or counts that."""
        return self.exclude(submission__state=State.WITHDRAWN)

    def answered(self) -> "SecondLookQuerySet":
        return self.there().exclude(outcome="")

    def to_settle(self) -> "SecondLookQuerySet":
        """What two people saw differently, and nobody has settled; oldest first."""
        return self.there().filter(differs=True, settled="").order_by("answered_at")


class SecondLook(models.Model):
    """A decision that was drawn for another person to decide on blind. What the first one said is kept as it was."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    submission = models.ForeignKey(Submission, on_delete=models.CASCADE, related_name="second_looks")
    decision = models.OneToOneField(Decision, on_delete=models.CASCADE, related_name="second_look")
    first_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    first_outcome = models.CharField(max_length=7, choices=Outcome.choices)
    first_reasons = models.JSONField(default=list)
    chance = models.FloatField(help_text="With which it was drawn.")
    place = models.FloatField(help_text="The number by which it was drawn, as a share of the chance.")
    drawn_at = models.DateTimeField(default=timezone.now)
    held_by = models.ForeignKey(PERSON, on_delete=models.SET_NULL, null=True, related_name="+")
    held_until = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=7, choices=Outcome.choices, blank=True)
    reasons = models.JSONField(default=list)
    answered_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)
    differs = models.BooleanField(default=False, help_text="Another outcome, or no reason in common.")
    labels = models.PositiveSmallIntegerField(default=0, help_text="How many labels it left.")
    settled = models.CharField(max_length=6, choices=Settled.choices, blank=True)
    settled_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, null=True, related_name="+")
    settled_at = models.DateTimeField(null=True)
    note = models.TextField(blank=True, help_text="Why it was settled so.")

    objects = SecondLookQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(answered_by=None) | ~Q(answered_by=F("first_by")), name="another_person_looks_second"
            ),
            models.CheckConstraint(
                condition=Q(outcome="", answered_by=None, answered_at=None)
                | (~Q(outcome="") & Q(answered_by__isnull=False, answered_at__isnull=False)),
                name="a_second_decision_says_by_whom",
            ),
            models.CheckConstraint(
                condition=Q(settled_by=None) | (~Q(settled_by=F("first_by")) & ~Q(settled_by=F("answered_by"))),
                name="a_third_person_settles",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["drawn_at"], condition=Q(outcome=""), name="second_decision_open"),
            models.Index(fields=["answered_at"], name="second_decision_answered"),
        ]

    def __str__(self) -> str:
        return f"second look at {self.decision_id}: {self.outcome or 'open'}"

    @property
    def outcomes_differ(self) -> bool:
        return self.first_outcome != self.outcome


class DrawnUntil(models.Model):
    """One row: decisions made until then have been looked through for second looks."""

    at = models.DateTimeField()


class KnownCaseQuerySet(models.QuerySet["KnownCase"]):
    def there(self) -> "KnownCaseQuerySet":
        return self.exclude(submission__state=State.WITHDRAWN)

    def usable(self) -> "KnownCaseQuerySet":
        """In use, and what became of the submission is still what the case says."""
        as_said = [Q(outcome=outcome, submission__state=state) for outcome, state in STATES.items()]
        return self.filter(as_said[0] | as_said[1], active=True)


class KnownCase(models.Model):
    """A submission of the past whose right answer is known, to be shown among those that wait. Goes with it.

    It is a row of its own, beside the submission: showing and answering it changes nothing of the submission, and
    neither the API nor the statistics nor the labels read this table.
    """

    submission = models.OneToOneField(Submission, on_delete=models.CASCADE, related_name="known_case")
    outcome = models.CharField(max_length=7, choices=Outcome.choices)
    reasons = models.JSONField(default=list, help_text="Any of these is right.")
    why = models.CharField(max_length=300, help_text="Told to who answered: kindly, what can be seen in it.")
    active = models.BooleanField(default=True)
    made_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)

    objects = KnownCaseQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-made_at"]

    def __str__(self) -> str:
        return f"known case {self.pk}: {self.outcome}"

    def right(self, outcome: str, reasons: Any = None) -> bool:
        """`reasons` None: none was asked for (a grid is marked, no more)."""
        if outcome != self.outcome:
            return False
        return outcome == Outcome.APPROVE or reasons is None or bool(set(reasons) & set(self.reasons))


class Where(models.TextChoices):
    DESK = "desk", "at the desk"
    GRID = "grid", "in a grid"


class KnownAnswerQuerySet(models.QuerySet["KnownAnswer"]):
    def there(self) -> "KnownAnswerQuerySet":
        return self.exclude(case__submission__state=State.WITHDRAWN)


class KnownAnswer(models.Model):
    """A known case before a person. `outcome` empty: not answered yet, or passed on (`closed_at`), which counts as
    nothing."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(KnownCase, on_delete=models.CASCADE, related_name="answers")
    person = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    where = models.CharField(max_length=4, choices=Where.choices)
    put_at = models.DateTimeField(default=timezone.now)
    closed_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=7, choices=Outcome.choices, blank=True)
    reasons = models.JSONField(default=list)
    right = models.BooleanField(null=True)

    objects = KnownAnswerQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["case", "person"], condition=Q(closed_at=None), name="one_open_known_case"),
            models.CheckConstraint(
                condition=Q(outcome="", right=None)
                | (~Q(outcome="") & Q(right__isnull=False, closed_at__isnull=False)),
                name="an_answered_known_case_is_closed",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["person", "-put_at"])]

    def __str__(self) -> str:
        return f"{self.case_id} {self.where}: {self.outcome or 'open'}"


class CalibrationSet(models.Model):
    """What all decide on once in a month, so that all can be compared on the same."""

    month = models.DateField(unique=True, help_text="Its first day.")
    made_at = models.DateTimeField(default=timezone.now)
    made_by = models.ForeignKey(PERSON, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering: ClassVar = ["-month"]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}"


class CalibrationItemQuerySet(models.QuerySet["CalibrationItem"]):
    def there(self) -> "CalibrationItemQuerySet":
        return self.exclude(submission__state=State.WITHDRAWN)


class CalibrationItem(models.Model):
    """One of the set: a submission of the past. Goes with it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    set = models.ForeignKey(CalibrationSet, on_delete=models.CASCADE, related_name="items")
    submission = models.ForeignKey(Submission, on_delete=models.CASCADE, related_name="+")
    position = models.PositiveSmallIntegerField()

    objects = CalibrationItemQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["position"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["set", "submission"], name="one_calibration_item_a_submission")
        ]


class CalibrationAnswerQuerySet(models.QuerySet["CalibrationAnswer"]):
    def there(self) -> "CalibrationAnswerQuerySet":
        return self.exclude(item__submission__state=State.WITHDRAWN)


class CalibrationAnswer(models.Model):
    """What a person said to it. The first answer counts."""

    item = models.ForeignKey(CalibrationItem, on_delete=models.CASCADE, related_name="answers")
    person = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    outcome = models.CharField(max_length=7, choices=Outcome.choices)
    reasons = models.JSONField(default=list)
    at = models.DateTimeField(default=timezone.now)

    objects = CalibrationAnswerQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["item", "person"], name="one_calibration_answer_a_person")
        ]
