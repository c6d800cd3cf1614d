"""Characters of the app's world, what they like, and what they would like to say."""

import uuid
from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from brickmod.access.models import App
from engagement.creations.models import Creation


class Voice(models.TextChoices):
    """How somebody begins to speak."""

    CHEERFUL = "cheerful", _("cheerful")
    CURIOUS = "curious", _("curious")
    CALM = "calm", _("calm")


class Character(models.Model):
    """An NPC. It likes and comments creations of its themes, while it is awake in the market's own time."""

    slug = models.SlugField(unique=True)
    name = models.CharField(max_length=60)
    says = models.CharField(max_length=200, blank=True, help_text="Who it is, in a sentence: for people, and the app.")
    voice = models.CharField(max_length=8, choices=Voice.choices, default=Voice.CHEERFUL)
    avatar = models.CharField(max_length=100, blank=True, help_text="A static file.")
    themes = models.JSONField(default=list, blank=True, help_text="Slugs of the themes that fit; empty: all.")
    languages = models.JSONField(default=list, blank=True, help_text="BCP 47 tags that it speaks; empty: all.")
    wakes = models.PositiveSmallIntegerField(default=7, help_text="Hour of the market's day.")
    sleeps = models.PositiveSmallIntegerField(default=19, help_text="Hour of the market's day.")
    active = models.BooleanField(default=True)

    class Meta:
        ordering: ClassVar = ["name"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(wakes__lt=models.F("sleeps"), sleeps__lte=24),
                name="character_wakes_first",
            )
        ]

    def __str__(self) -> str:
        return self.name

    def fits(self, theme: str, language: str) -> bool:
        """Does it know this theme ("" for none) and speak this language?"""
        primary = language.split("-")[0]
        speaks = not self.languages or any(primary == tag.split("-")[0] for tag in self.languages)
        return speaks and (not self.themes or theme in self.themes)


class OptOut(models.Model):
    """An author who wants neither likes nor comments of characters."""

    app = models.ForeignKey(App, on_delete=models.CASCADE, related_name="+")
    author = models.CharField(max_length=200)
    since = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["app", "author"], name="one_opt_out_an_author")]

    def __str__(self) -> str:
        return f"{self.app_id}/{self.author}"


class Like(models.Model):
    """A character's like. Planned ahead (`due_at`), given when its time has come and the creation is still there."""

    creation = models.ForeignKey(Creation, on_delete=models.CASCADE, related_name="likes")
    character = models.ForeignKey(Character, on_delete=models.PROTECT, related_name="likes")
    due_at = models.DateTimeField()
    given_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["-due_at", "id"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["creation", "character"], name="one_like_a_character")]
        indexes: ClassVar = [
            models.Index(fields=["due_at"], condition=models.Q(given_at=None), name="like_due"),
        ]

    def __str__(self) -> str:
        return f"{self.character_id} likes {self.creation_id}"


class DraftState(models.TextChoices):
    DRAFT = "draft", _("waits for a person")
    APPROVED = "approved", _("approved")
    DROPPED = "dropped", _("dropped")


class DraftQuerySet(models.QuerySet["Draft"]):
    def waiting(self) -> "DraftQuerySet":
        return self.filter(state=DraftState.DRAFT)

    def posted(self, now: datetime | None = None) -> "DraftQuerySet":
        """Those that the app was told of: approved, and the time in which that can be undone is over."""
        return self.filter(state=DraftState.APPROVED, post_at__lte=now or timezone.now())


class Draft(models.Model):
    """What a character would say of a creation. It posts only with the approval of a person, for exactly this text.

    The database holds that: an approved row needs who approved it, when, and a copy of the text as that person saw
    it which equals the text. Whoever changes the text afterwards breaks the constraint, whatever way they come.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    creation = models.ForeignKey(Creation, on_delete=models.CASCADE, related_name="drafts")
    character = models.ForeignKey(Character, on_delete=models.PROTECT, related_name="drafts")
    language = models.CharField(max_length=35)
    theme = models.CharField(max_length=50, blank=True, help_text="Slug of the theme that it speaks of.")
    text = models.CharField(max_length=400)
    tried = models.PositiveSmallIntegerField(default=1, help_text="How many texts were written until this one.")
    edited = models.BooleanField(default=False, help_text="A person wrote it, or changed it.")
    state = models.CharField(max_length=8, choices=DraftState.choices, default=DraftState.DRAFT)
    made_at = models.DateTimeField(default=timezone.now)
    approved_text = models.CharField(max_length=400, blank=True)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    approved_at = models.DateTimeField(null=True, blank=True)
    approval = models.UUIDField(null=True, blank=True, editable=False, help_text="Names this approval, and its event.")
    post_at = models.DateTimeField(null=True, blank=True, help_text="When the app is told: undone until then.")
    dropped_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    dropped_at = models.DateTimeField(null=True, blank=True)

    objects = DraftQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["made_at", "id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~models.Q(state=DraftState.APPROVED)
                | models.Q(
                    approved_by__isnull=False,
                    approved_at__isnull=False,
                    approval__isnull=False,
                    post_at__isnull=False,
                    approved_text=models.F("text"),
                )
                & ~models.Q(text=""),
                name="only_a_person_approves_a_comment",
            ),
            # Nothing else leads to the outside: without a time to post there is nothing that could be posted.
            models.CheckConstraint(
                condition=models.Q(post_at=None) | models.Q(state=DraftState.APPROVED),
                name="only_approved_posts",
            ),
            models.UniqueConstraint(
                fields=["creation"], condition=~models.Q(state=DraftState.DROPPED), name="one_draft_a_creation"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["made_at", "id"], condition=models.Q(state="draft"), name="draft_waiting"),
            models.Index(fields=["-post_at", "id"], condition=models.Q(state="approved"), name="draft_posted"),
        ]

    def __str__(self) -> str:
        return f"{self.character_id} on {self.creation_id}"

    @property
    def key(self) -> str:
        """The event's key: one approval, one event."""
        return f"comment:{self.approval}"


class Opinion(models.TextChoices):
    """What an engager wants of a draft."""

    SAY = "say", _("would say it")
    DROP = "drop", _("would not")


class SecondLook(models.Model):
    """A decided draft, drawn to be looked at by a second person who is told neither who decided nor what.

    Drawn of the approved and of the dropped alike: whoever looks can not tell from being asked what the first one said.
    """

    draft = models.OneToOneField(Draft, on_delete=models.CASCADE, related_name="second_look")
    first = models.CharField(max_length=4, choices=Opinion.choices)
    text = models.CharField(max_length=400, help_text="As it stood when the first one decided.")
    ready_at = models.DateTimeField(help_text="When the first one can take nothing back any more.")
    second = models.CharField(max_length=4, choices=Opinion.choices, blank=True)
    why = models.CharField(max_length=200, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    at = models.DateTimeField(null=True, blank=True)
    settled = models.CharField(max_length=4, choices=Opinion.choices, blank=True, help_text="What a lead says.")
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["ready_at", "id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(second="", by=None, at=None)
                | ~models.Q(second="") & models.Q(by__isnull=False, at__isnull=False),
                name="a_second_look_has_somebody",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["ready_at"], condition=models.Q(second=""), name="second_look_waiting"),
        ]

    def __str__(self) -> str:
        return f"second look at {self.draft_id}"

    @property
    def agrees(self) -> bool:
        return self.first == self.second
