"""How drafts come to their words: written by us, again, or by hand; of another theme. A transaction a function."""

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from engagement.characters.checking import Unkind, check
from engagement.characters.holding_out import held_out
from engagement.characters.models import Character, Draft, DraftState, OptOut
from engagement.characters.refusals import Gone
from engagement.characters.writing import Wish, write_new
from engagement.creations.models import Creation
from engagement.themes.models import Theme

HEARD_FOR = timedelta(days=30)  # what a child was told is not told again before


def write_again(user: Any, draft: Draft, character: Character) -> Draft:
    """Another text, in this character's voice. Raises Gone, Unkind."""
    check(draft.text, draft.language)  # so that the models are there before anything is locked
    return _write_again(draft, character)


@transaction.atomic
def _write_again(draft: Draft, character: Character) -> Draft:
    row = waiting_draft(draft)
    row.text, row.tried = written(row.creation, character, name_of(row.theme), row.tried + 1)
    if problems := check(row.text, row.language):
        raise Unkind(problems)
    row.character, row.edited = character, False
    row.save(update_fields=["text", "tried", "character", "edited"])
    return row


def write_by_hand(user: Any, creation: Creation, character: Character, text: str) -> Draft:
    """A person's own words of a creation that has no draft. They wait like any other: to be read, and approved.

    Raises Gone (it has a draft; its author hears nothing of characters), Unkind.
    """
    text = " ".join(text.split())
    return _write_by_hand(creation, character, text, check(text, creation.language))


@transaction.atomic
def _write_by_hand(creation: Creation, character: Character, text: str, problems: list[str]) -> Draft:
    if (
        held_out(creation.app_id, creation.author)
        or OptOut.objects.filter(app=creation.app_id, author=creation.author).exists()
    ):
        raise Gone(_("Its author hears nothing of characters."))
    earlier = Draft.objects.select_for_update().filter(creation=creation).order_by("-made_at")
    if any(row.state != DraftState.DROPPED for row in earlier):
        raise Gone(_("It has a draft: change that one."))
    if problems:
        raise Unkind(problems)
    theme = next((row.theme for row in earlier), "")
    return Draft.objects.create(
        creation=creation, character=character, language=creation.language, theme=theme, text=text, edited=True
    )


@transaction.atomic
def speak_of(draft: Draft, theme: str, rewrite: bool = True) -> Draft:
    """Its creation has this theme after all (slug, "" for none). What was written of another one is written anew,
    unless it is a person's own words, or `rewrite` is off. Raises Gone."""
    row = waiting_draft(draft)
    row.theme = theme
    if rewrite and not row.edited:
        text, tried = written(row.creation, row.character, name_of(theme), row.tried + 1)
        if not check(text, row.language):
            row.text, row.tried = text, tried
    row.save(update_fields=["theme", "text", "tried"])
    return row


def name_of(slug: str) -> str:
    """A theme's name as a child reads it; "" for none, and for a group: nobody says "a fine piece of Everyday life"."""
    return Theme.objects.live().filter(slug=slug).values_list("name", flat=True).first() or "" if slug else ""


def written(creation: Creation, character: Character, theme: str = "", attempt: int = 1) -> tuple[str, int]:
    """(text, attempt): what this character would say of it, unlike what its author heard in the last 30 days."""
    mine = Creation.objects.filter(app=creation.app_id, author=creation.author)
    heard = Draft.objects.filter(
        creation__in=mine, state=DraftState.APPROVED, approved_at__gt=timezone.now() - HEARD_FOR
    ).values_list("text", flat=True)
    built = mine.filter(published_at__lt=creation.published_at).count()
    wish = Wish(str(creation.id), character.slug, character.voice, creation.language, theme, built)
    return write_new(wish, list(heard), attempt)


def waiting_draft(draft: Draft) -> Draft:
    row = locked_draft(draft)
    if row.state != DraftState.DRAFT:
        raise Gone(_("Somebody else was first."))
    return row


def locked_draft(draft: Draft) -> Draft:
    row = (
        Draft.objects.select_for_update(of=("self",))
        .select_related("creation__app", "character")
        .filter(id=draft.id)
        .first()
    )
    if row is None:
        raise Gone(_("The creation was withdrawn."))
    return row
