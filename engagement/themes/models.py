"""Themes that a creation can have, how they changed, and what became of the labels that were given before.

A theme is never deleted: a label names it by its slug, and a slug that nobody knows any more would be a label lost.
"""

import re
from typing import Any, ClassVar, NoReturn

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone

from brickmod.markets import is_language, is_market

DAYS = RegexValidator(r"^(0[1-9]|1[0-2])-[0-3][0-9]/(0[1-9]|1[0-2])-[0-3][0-9]$", "A season is MM-DD/MM-DD.")


def words(value: Any) -> None:
    """Validates a list of words."""
    if not isinstance(value, list) or not all(isinstance(word, str) and word.strip() for word in value):
        raise ValidationError('A list of words is wanted: ["one", "another"].')


def words_by_language(value: Any) -> None:
    """Validates {"en": [words], …}."""
    if not isinstance(value, dict):
        raise ValidationError('Words by language are wanted: {"en": ["one"]}.')
    for language, some in value.items():
        if not is_language(language):
            raise ValidationError(f"{language!r} is no language tag.")
        words(some)


def markets(value: Any) -> None:
    words(value)
    if unknown := [code for code in value if not is_market(code)]:
        raise ValidationError(f"{unknown[0]!r} is no market.")


def seasons(value: Any) -> None:
    words(value)
    for season in value:
        DAYS(season)


class Standing(models.TextChoices):
    LIVE = "live", "given to creations"
    GROUP = "group", "holds other themes, and is given when they cannot be told apart"
    MERGED = "merged", "merged into another"
    RETIRED = "retired", "given no more"


class ThemeQuerySet(models.QuerySet["Theme"]):
    def live(self) -> "ThemeQuerySet":
        """Those that a creation can have."""
        return self.filter(standing=Standing.LIVE)


class Theme(models.Model):
    """One theme. `slug` is what labels say, and never changes."""

    slug = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=60)
    standing = models.CharField(max_length=8, choices=Standing.choices, default=Standing.LIVE, editable=False)
    parents = models.ManyToManyField("self", symmetrical=False, related_name="children", blank=True)
    markets = models.JSONField(default=list, blank=True, validators=[markets], help_text="ISO 3166; [] = everywhere.")
    aliases = models.JSONField(default=list, blank=True, validators=[words], help_text="Other names, as of folders.")
    hashtags = models.JSONField(default=list, blank=True, validators=[words], help_text="Without the #.")
    known = models.JSONField(
        "names that belong to it", default=list, blank=True, validators=[words], help_text="Characters, places, things."
    )
    keywords = models.JSONField(
        default=dict, blank=True, validators=[words_by_language], help_text='Often said in it: {"en": ["wand"]}.'
    )
    seasons = models.JSONField(
        default=list, blank=True, validators=[seasons], help_text="Days of the year when it matters: MM-DD/MM-DD."
    )
    edited = models.BooleanField(default=False, editable=False, help_text="Changed here: a release leaves it alone.")

    objects = ThemeQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["name"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(standing__in=Standing.values), name="theme_standing_is_known")
        ]

    def __str__(self) -> str:
        return self.name

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise TypeError("a theme is retired or merged, never deleted: labels name it")


class TaxonomyVersion(models.Model):
    """The themes as they stood from a moment on. Every change of which themes there are makes one."""

    number = models.PositiveIntegerField(unique=True)
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        help_text="Empty: it came with a release.",
    )
    summary = models.CharField(max_length=300)
    themes = models.JSONField(default=dict, help_text="slug -> parents' slugs of every theme that was live or a group.")

    class Meta:
        ordering: ClassVar = ["-number"]

    def __str__(self) -> str:
        return f"version {self.number}"


class Kind(models.TextChoices):
    ADD = "add", "added"
    SPLIT = "split", "split"
    MERGE = "merge", "merged"
    RETIRE = "retire", "retired"
    RESTORE = "restore", "given again"


class ThemeChange(models.Model):
    """What happened to a theme, and which themes took its labels over. The mapping is made of these rows."""

    version = models.ForeignKey(TaxonomyVersion, on_delete=models.PROTECT, related_name="changes")
    kind = models.CharField(max_length=7, choices=Kind.choices)
    theme = models.ForeignKey(Theme, on_delete=models.PROTECT, related_name="changes")
    heirs = models.ManyToManyField(Theme, related_name="inherited", blank=True)
    reason = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering: ClassVar = ["-version__number", "id"]

    def __str__(self) -> str:
        return f"{self.theme.slug} {self.get_kind_display()}"


class FunctionKind(models.TextChoices):
    """As engagement.themes.voting.KINDS."""

    HASHTAG = "hashtag", "hashtags"
    KEYWORD = "keyword", "words"
    REGEX = "regex", "regular expressions"
    CHARACTER = "character", "names"
    DECLARED = "declared", "sets that authors name"


class LabelFunction(models.Model):
    """A rule that labels texts, beside those that a theme's own words are (names, keywords, hashtags)."""

    name = models.CharField(max_length=80, unique=True)
    kind = models.CharField(max_length=9, choices=FunctionKind.choices)
    theme = models.ForeignKey(Theme, on_delete=models.PROTECT, related_name="functions")
    patterns = models.JSONField(validators=[words], help_text='["one", "another"]')
    trust = models.FloatField(
        null=True,
        blank=True,
        validators=[MinValueValidator(0.05), MaxValueValidator(0.99)],
        help_text="How often a pattern is right, before the data has its say; empty: as usual for its kind.",
    )
    on = models.BooleanField(default=True)
    edited = models.BooleanField(default=False, editable=False, help_text="Changed here: a release leaves it alone.")

    class Meta:
        ordering: ClassVar = ["theme__name", "name"]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        for pattern in self.patterns if self.kind == FunctionKind.REGEX else ():
            try:
                re.compile(pattern)
            except re.error as error:
                raise ValidationError({"patterns": f"{pattern!r} is no regular expression: {error}."}) from error
