"""What is new: what was seen of creations, the cards that came of it, and what people did about them."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Count, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from engagement.creations.models import Creation
from engagement.themes.models import Theme


class Look(models.Model):
    """What is kept of a creation for the weeks in which it may be part of something new. It goes with the creation."""

    creation = models.OneToOneField(Creation, on_delete=models.CASCADE, related_name="look")
    view = models.CharField(max_length=10, help_text="What it was looked at by: text or image.")
    encoder = models.CharField(max_length=80, blank=True, help_text="The version that made the vector; empty: none.")
    vector = models.BinaryField(help_text="float16")
    scores = models.JSONField(default=dict, help_text="slug -> probability, as the classifier said.")
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["made_at"])]

    def __str__(self) -> str:
        return str(self.creation_id)


class RoundState(models.TextChoices):
    LOOKING = "looking", _("looking")
    DONE = "done", _("done")


class Round(models.Model):
    """One week's search, over the weeks that end with it. Its row is the lock: it is done once."""

    week = models.DateField(unique=True, help_text="Its Monday.")
    state = models.CharField(max_length=7, choices=RoundState.choices, default=RoundState.LOOKING)
    leased_until = models.DateTimeField(null=True, blank=True)
    looked = models.PositiveIntegerField(default=0)
    strange = models.PositiveIntegerField(default=0)
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["-week"]

    def __str__(self) -> str:
        return f"week of {self.week}"


class CardState(models.TextChoices):
    OPEN = "open", _("open")
    NAMED = "named", _("named")
    MERGED = "merged", _("merged into a theme")
    WAVED = "waved", _("waved off")


class CardQuerySet(models.QuerySet["Card"]):
    def open(self) -> "CardQuerySet":
        """Those that wait for a person, in their last week's round, with something left to see; most stable first."""
        newest = Round.objects.filter(state=RoundState.DONE).values("week")[:1]
        rows = self.filter(state=CardState.OPEN, last_week__in=newest).annotate(left=Count("members"))
        return rows.filter(left__gt=0).order_by("-stability", "id")


class Card(models.Model):
    """A group of creations that no theme explains. What becomes of it a person says, and nobody else."""

    state = models.CharField(max_length=6, choices=CardState.choices, default=CardState.OPEN)
    first_week = models.DateField()
    last_week = models.DateField(help_text="The newest round that found it.")
    words = models.JSONField(default=list, help_text="[word, z] by log-odds.")
    stability = models.FloatField()
    size = models.PositiveIntegerField(help_text="As found; who was withdrawn since is no member any more.")
    growth = models.JSONField(default=dict, help_text="weeks, counts, everything; ratio, low, high")
    parents = models.JSONField(default=list, help_text="Of a mix: two slugs.")
    view = models.CharField(max_length=10, help_text="What its creations were looked at by.")
    encoder = models.CharField(max_length=80)
    mean = models.BinaryField(help_text="float32: of its vectors, less that of all creations.")
    theme = models.ForeignKey(Theme, on_delete=models.PROTECT, null=True, blank=True, related_name="cards")
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    before = models.JSONField(default=dict, help_text="Creation -> what its theme was, for undo.")
    taught_at = models.DateTimeField(null=True, blank=True, help_text="When a training was asked for.")

    objects = CardQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-last_week", "-stability", "id"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(state__in=CardState.values), name="card_state_is_known"),
            # No theme comes of a card that no person decided on.
            models.CheckConstraint(
                condition=Q(state=CardState.OPEN) | Q(decided_by__isnull=False, decided_at__isnull=False),
                name="a_card_is_decided_by_a_person",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["state", "last_week"])]

    def __str__(self) -> str:
        return ", ".join(word for word, _ in self.words[:3]) or f"card {self.pk}"

    def shown(self, most: int) -> list[Any]:
        """The creations nearest to its middle that are still there."""
        return [row.creation for row in self.members.select_related("creation__submission").order_by("place")[:most]]


class Member(models.Model):
    """A creation in a card. It goes with the creation."""

    card = models.ForeignKey(Card, on_delete=models.CASCADE, related_name="members")
    creation = models.ForeignKey(Creation, on_delete=models.CASCADE, related_name="+")
    place = models.PositiveIntegerField(help_text="0 is nearest to the middle.")

    class Meta:
        ordering: ClassVar = ["card", "place"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["card", "creation"], name="once_in_a_card")]

    def __str__(self) -> str:
        return f"{self.card_id}/{self.place}"
