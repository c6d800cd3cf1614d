"""Why something is rejected, and what the child is told then."""

from typing import ClassVar

from django.db import models


class ReasonQuerySet(models.QuerySet["Reason"]):
    def offered(self) -> "ReasonQuerySet":
        """Those that a moderator may choose, in the order of their keys."""
        return self.filter(retired=False).order_by("position")


class Reason(models.Model):
    """One reason to reject. `task` is the head that a rejection for this reason teaches ("" for none)."""

    code = models.SlugField(primary_key=True, max_length=40)
    title = models.CharField(max_length=60)
    explains = models.TextField(help_text="For moderators: what falls under it, what does not.")
    key = models.CharField(max_length=1, unique=True, null=True, blank=True, help_text="The key on the desk.")  # noqa: DJ001
    position = models.PositiveSmallIntegerField(default=100)
    task = models.CharField(max_length=40, blank=True)
    retired = models.BooleanField(default=False)

    objects = ReasonQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["position"]

    def __str__(self) -> str:
        return self.title


class FeedbackText(models.Model):
    """What a child of eight reads, for one reason in one language."""

    reason = models.ForeignKey(Reason, on_delete=models.CASCADE, related_name="texts")
    language = models.CharField(max_length=12, help_text="BCP 47 primary tag, e.g. da.")
    text = models.CharField(max_length=400)
    edited = models.BooleanField(default=False, editable=False, help_text="Changed here: the seed leaves it alone.")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["reason", "language"], name="one_text_a_reason_and_language")
        ]

    def __str__(self) -> str:
        return f"{self.reason_id} ({self.language})"


class Policy(models.Model):
    """A version of the reasons and texts. Every decision says under which it was made; the newest is in force."""

    version = models.PositiveIntegerField(primary_key=True)
    since = models.DateTimeField()
    summary = models.CharField(max_length=200)

    class Meta:
        verbose_name_plural = "policies"
        ordering: ClassVar = ["-version"]

    def __str__(self) -> str:
        return f"policy {self.version}"
