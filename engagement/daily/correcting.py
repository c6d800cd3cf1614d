"""A person says what a creation is about. One function a verb, one transaction a function."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from engagement.characters.actions import speak_of
from engagement.characters.models import Draft
from engagement.creations.models import Creation
from engagement.daily.models import CreationTheme, ThemeCorrection
from engagement.themes.models import Theme

PERSON = "a person"  # in place of the version that guessed


class CannotCorrect(Exception):
    """Why not, in a sentence for a person."""


@transaction.atomic
def correct(
    user: Any, creation: Creation, slug: str, now: datetime | None = None, rewrite: bool = True
) -> ThemeCorrection | None:
    """`creation` is of this theme ("" for none). Its draft that waits speaks of it from now on.

    Until it is taught it can be said otherwise again; what was guessed after all takes the correction back, and None is
    returned. Raises CannotCorrect, and Gone when its draft was decided on in this very moment.
    """
    row = CreationTheme.objects.select_for_update().filter(creation=creation).first()
    if row is None:
        raise CannotCorrect("Nothing was guessed of this creation yet.")
    theme = Theme.objects.live().filter(slug=slug).first() if slug else None
    if slug and theme is None:
        raise CannotCorrect("There is no such theme.")
    there = ThemeCorrection.objects.select_for_update().filter(creation=creation).first()
    if row.slug == slug:
        return there
    if there and there.taught_at:
        raise CannotCorrect("Its theme was corrected before, and is learned from already.")
    guess = there or ThemeCorrection(creation=creation, guessed=row.slug, chance=row.chance, version=row.version)
    said: ThemeCorrection | None = None
    if slug == guess.guessed:
        guess.delete()
        row.chance, row.version = guess.chance, guess.version
    else:
        guess.said, guess.by, guess.at = slug, user, now or timezone.now()
        guess.save()
        said = guess
        row.chance, row.version = 1.0, PERSON
    row.slug, row.name = slug, theme.name if theme else ""
    row.save(update_fields=["slug", "name", "chance", "version"])
    for draft in Draft.objects.waiting().filter(creation=creation):
        speak_of(draft, slug, rewrite)
    return said
