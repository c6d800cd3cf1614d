"""Why something is rejected, and what the child is told then."""

from typing import ClassVar

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext
from langcodes import Language

from brickmod.markets import is_language, is_market


class ReasonQuerySet(models.QuerySet["Reason"]):
    def offered(self, market: str = "") -> "ReasonQuerySet":
        """Those that a moderator may choose (in this market), in the order of their keys."""
        there = MarketRule.objects.filter(market=market, offered=False).values("reason_id")
        return self.filter(retired=False).exclude(code__in=there).order_by("position")


class Reason(models.Model):
    """One reason to reject. `task` is the head that a rejection for this reason teaches ("" for none)."""

    code = models.SlugField(primary_key=True, max_length=40)
    title = models.CharField(max_length=60)
    explains = models.TextField(help_text="For moderators: what falls under it, what does not.")
    key = models.CharField(
        max_length=1,
        unique=True,
        null=True,
        blank=True,
        validators=[RegexValidator("^[0-9]$", "One of the digits 0 to 9.")],
        help_text="The digit on the desk; empty for none.",
    )
    position = models.PositiveSmallIntegerField(default=100)
    task = models.CharField(max_length=40, blank=True)
    severity = models.PositiveSmallIntegerField(
        default=40, help_text="The higher goes first in what a child reads when there are several reasons."
    )
    alone = models.BooleanField(default=False, help_text="A child reads its text alone, whatever else was found.")
    retired = models.BooleanField(default=False, help_text="Nobody can choose it any more; old decisions keep it.")
    edited = models.BooleanField(
        default=False, editable=False, help_text="Changed here: a new release leaves it alone."
    )

    objects = ReasonQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["position"]

    def __str__(self) -> str:
        return self.title

    @property
    def name(self) -> str:
        """The title in the language of who looks; one that was changed here stands as it was written."""
        return gettext(self.title)


def validate_market(code: str) -> None:
    if not is_market(code):
        raise ValidationError("%(code)s is not a country code (ISO 3166-1 alpha-2), e.g. DK.", params={"code": code})


class MarketRule(models.Model):
    """Where a reason means something else in one market. What is left empty is as everywhere."""

    reason = models.ForeignKey(Reason, on_delete=models.CASCADE, related_name="markets")
    market = models.CharField(max_length=2, validators=[validate_market])
    explains = models.TextField(blank=True, help_text="For moderators, in place of the reason's own words.")
    severity = models.PositiveSmallIntegerField(null=True, blank=True)
    offered = models.BooleanField(default=True, help_text="Can it be chosen there?")

    class Meta:
        ordering: ClassVar = ["reason__position", "market"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["reason", "market"], name="one_market_rule_a_reason_and_market")
        ]

    def __str__(self) -> str:
        return f"{self.reason_id} in {self.market}"


class HelpLine(models.Model):
    """Whom a child of one market can call or write to. Told beside a reason that stands alone, once it was checked."""

    market = models.CharField(max_length=2, validators=[validate_market])
    name = models.CharField(max_length=80)
    contact = models.CharField(max_length=120, help_text="A number, or a web address, as a child would use it.")
    checked_on = models.DateField(
        null=True, blank=True, help_text="When somebody called it or asked. Empty: no child is told of it."
    )
    checked_by = models.CharField(max_length=80, blank=True)
    position = models.PositiveSmallIntegerField(default=100)
    edited = models.BooleanField(default=False, editable=False)

    class Meta:
        ordering: ClassVar = ["market", "position", "id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(checked_on=None) | ~models.Q(checked_by=""),
                name="a_checked_help_line_says_by_whom",
                violation_error_message="Say who checked it.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.market})"


class Verdict(models.TextChoices):
    GOOD = "good", "passes"
    BAD = "bad", "is rejected"
    BORDER = "border", "on the border"


class Example(models.Model):
    """What a reason looks like: a text, or a picture that was drawn for it. Never a child's."""

    reason = models.ForeignKey(Reason, on_delete=models.CASCADE, related_name="examples")
    market = models.CharField(max_length=2, blank=True, validators=[validate_market], help_text="Empty: everywhere.")
    verdict = models.CharField(max_length=6, choices=Verdict.choices)
    text = models.TextField(blank=True)
    picture = models.CharField(max_length=60, blank=True, help_text="A file of static/img/examples/.")
    answer = models.CharField(max_length=7, choices=[("approve", "approve"), ("reject", "reject")])
    why = models.CharField(max_length=300)
    position = models.PositiveSmallIntegerField(default=100)

    class Meta:
        ordering: ClassVar = ["reason__position", "position", "id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~models.Q(text="", picture=""),
                name="an_example_shows_something",
                violation_error_message="Write a text, or name a picture.",
            ),
            models.CheckConstraint(
                condition=models.Q(verdict=Verdict.GOOD, answer="approve")
                | models.Q(verdict=Verdict.BAD, answer="reject")
                | models.Q(verdict=Verdict.BORDER),
                name="an_example_is_answered_as_it_says",
                violation_error_message="What passes is approved, what is bad is rejected.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reason_id}, {self.get_verdict_display()}: {self.text or self.picture}"[:80]


class Occasion(models.TextChoices):
    """When a text is read: with its reason, or at one of the moments that have none."""

    REASON = "reason", "rejected for the reason"
    APPROVED = "approved", "published"
    GENERAL = "general", "rejected, and there is no text for the reason"
    BETWEEN = "between", "leads over to a second text"
    WARNED = "warned", "the author is asked to take care"
    SLOWED = "slowed", "the author sent as much as they may for today"
    PAUSED = "paused", "the author cannot send anything for now"
    APPEAL_KEPT = "appeal_kept", "an appeal changed nothing"
    APPEAL_CHANGED = "appeal_changed", "an appeal was right"


def validate_language(tag: str) -> None:
    if not is_language(tag):
        raise ValidationError("%(tag)s is not a language tag (BCP 47), e.g. da or pt-BR.", params={"tag": tag})


class FeedbackText(models.Model):
    """What a child of eight reads, for one reason or occasion in one language."""

    reason = models.ForeignKey(Reason, null=True, blank=True, on_delete=models.CASCADE, related_name="texts")
    occasion = models.CharField(max_length=16, choices=Occasion.choices, default=Occasion.REASON)
    language = models.CharField(
        max_length=12, validators=[validate_language], help_text="BCP 47, e.g. da, pt-BR or zh-Hant."
    )
    title = models.CharField(max_length=60, blank=True, help_text="The reason in a word or two, for the child.")
    text = models.CharField(max_length=400)
    edited = models.BooleanField(
        default=False, editable=False, help_text="Changed here: a new release leaves it alone."
    )

    class Meta:
        ordering: ClassVar = ["reason__position", "occasion", "language"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["reason", "language"], name="one_text_a_reason_and_language"),
            models.UniqueConstraint(
                fields=["occasion", "language"],
                condition=models.Q(reason=None),
                name="one_text_an_occasion_and_language",
            ),
            models.CheckConstraint(condition=models.Q(occasion__in=Occasion.values), name="occasion_is_known"),
            models.CheckConstraint(
                condition=models.Q(occasion=Occasion.REASON, reason__isnull=False)
                | (~models.Q(occasion=Occasion.REASON) & models.Q(reason=None)),
                name="a_text_has_a_reason_or_an_occasion",
                violation_error_message="A text belongs to a reason, or to one of the other occasions.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.subject} ({self.language})"

    def clean(self) -> None:
        self.language = Language.get(self.language).to_tag()  # "DE" and "zh-hant" are "de" and "zh-Hant"

    @property
    def subject(self) -> str:
        """The reason's code, or the occasion."""
        return self.reason_id or self.occasion


class Policy(models.Model):
    """A version of the reasons and texts. Every decision says under which it was made; the newest is in force."""

    version = models.PositiveIntegerField(primary_key=True)
    since = models.DateTimeField()
    summary = models.CharField(max_length=200)
    content = models.JSONField(
        default=dict, editable=False, help_text="All that it says. Empty: older than contents were kept."
    )

    class Meta:
        verbose_name_plural = "policies"
        ordering: ClassVar = ["-version"]

    def __str__(self) -> str:
        return f"policy {self.version}"
