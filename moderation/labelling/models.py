"""What people are asked so that heads learn, and for a day what each of them said.

A question is about a part while its links live, or about a feature that leads nowhere any more; never about both, or
this table would be the link that the house destroys. Both are deleted when the window closes; sums stay.
"""

import uuid
from typing import Any, ClassVar

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from moderation.intake.models import Part, PartKind

PERCENT = [MinValueValidator(0), MaxValueValidator(100)]


class Value(models.TextChoices):
    YES = "yes", _("Yes")
    NO = "no", _("No")
    UNSURE = "unsure", _("Not sure")


class Why(models.TextChoices):
    """Why just this one was chosen."""

    UNCERTAIN = "uncertain", _("near the threshold")
    DISAGREEING = "disagreeing", _("heads disagree")
    UNSEEN = "unseen", _("unlike what is labelled")
    RANDOM = "random", _("drawn at random")


class LabelTask(models.Model):
    """A task of the heads that wants labels. The four shares are weights: what has no candidates leaves its share."""

    task = models.SlugField(max_length=40, unique=True, help_text="As heads and labels call it, e.g. face.")
    kind = models.CharField(
        max_length=5,
        choices=[(PartKind.IMAGE, "pictures"), (PartKind.TEXT, "texts")],
        default=PartKind.IMAGE,
        help_text="What is shown.",
    )
    on = models.BooleanField(default=True, help_text="Ask people about it.")
    question = models.CharField(max_length=200, help_text="In plain words, to be answered with yes or no.")
    target = models.PositiveIntegerField(default=500, help_text="So many answers until the next training.")
    since = models.DateField(default=timezone.localdate, help_text="Answers from this day on count; set when trained.")
    uncertain = models.PositiveSmallIntegerField(default=50, help_text="Share of those near the head's threshold.")
    disagreeing = models.PositiveSmallIntegerField(
        default=0, help_text="Share of those on which champion and challenger disagree; none while there is one head."
    )
    unseen = models.PositiveSmallIntegerField(default=20, help_text="Share of those unlike all that is labelled.")
    random = models.PositiveSmallIntegerField(default=30, help_text="Share drawn at random: estimates need them.")
    twice = models.PositiveSmallIntegerField(
        default=20, validators=PERCENT, help_text="Per cent that two people are asked, to see how far they agree."
    )
    blind = models.BooleanField(
        "ask without the part",
        default=True,
        help_text="When no part is left to show, ask about features by their labelled neighbours. Counts little.",
    )

    class Meta:
        ordering: ClassVar = ["task"]

    def __str__(self) -> str:
        return self.task

    @property
    def weights(self) -> dict[str, int]:
        return {why: getattr(self, why) for why in Why.values}


class Question(models.Model):
    """`near`: for a question about a feature, what its nearest labelled neighbours are: [[label, source, distance]]."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    task = models.ForeignKey(LabelTask, on_delete=models.CASCADE, related_name="questions")
    part = models.ForeignKey(Part, null=True, on_delete=models.CASCADE, related_name="label_questions")
    feature = models.UUIDField(null=True)
    why = models.CharField(max_length=12, choices=Why.choices)
    near: Any = models.JSONField(default=list)
    wanted = models.PositiveSmallIntegerField(default=1, help_text="How many people are asked.")
    place = models.FloatField(default=0, help_text="At random, so that the reasons for asking come mixed.")
    made_at = models.DateTimeField(default=timezone.now)
    held_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    held_until = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(part__isnull=False, feature__isnull=True) | Q(part__isnull=True, feature__isnull=False),
                name="never_part_and_feature",
            ),
            models.UniqueConstraint(fields=["task", "part"], name="one_question_a_part"),
            models.UniqueConstraint(fields=["task", "feature"], name="one_question_a_feature"),
        ]

    def __str__(self) -> str:
        return f"{self.task_id}: {self.why}"


class Answer(models.Model):
    """Who said what: kept only to undo it and to see how far people agree. The store hears a class of labeller."""

    question = models.ForeignKey(Question, on_delete=models.CASCADE, related_name="answers")
    labeller = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    value = models.CharField(max_length=6, choices=Value.choices)
    batch = models.UUIDField(help_text="Sent together, undone together.")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["question", "labeller"], name="one_answer_a_person"),
        ]
        indexes: ClassVar = [models.Index(fields=["labeller", "-at"])]

    def __str__(self) -> str:
        return self.value


class Tally(models.Model):
    """How many answers a task had on a day. Stays when the answers are gone."""

    task = models.ForeignKey(LabelTask, on_delete=models.CASCADE, related_name="tallies")
    day = models.DateField()
    value = models.CharField(max_length=6, choices=Value.choices)
    count = models.IntegerField(default=0)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["task", "day", "value"], name="one_tally_a_value")]

    def __str__(self) -> str:
        return f"{self.task_id} {self.day} {self.value}: {self.count}"


class Agreement(models.Model):
    """How far people agreed in the answers of a day, as it was when these were deleted. No names."""

    task = models.ForeignKey(LabelTask, on_delete=models.CASCADE, related_name="agreements")
    day = models.DateField()
    measure = models.CharField(max_length=20)
    people = models.PositiveSmallIntegerField()
    questions = models.PositiveIntegerField()
    figure = models.FloatField()
    low = models.FloatField()
    high = models.FloatField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["task", "day"], name="one_agreement_a_day")]

    def __str__(self) -> str:
        return f"{self.task_id} {self.day}: {self.figure:.2f}"
