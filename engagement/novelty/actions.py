"""What a person does about a card: name it, merge it into a theme, wave it off, take that back. A transaction each.

Nothing here is called by a task: a theme is made because somebody named it.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

from brickmod.access import audit
from brickmod.access.models import User, Verb
from engagement.characters.refusals import Gone
from engagement.daily.correcting import CannotCorrect, correct
from engagement.daily.models import CreationTheme
from engagement.novelty import SHOWN
from engagement.novelty.models import Card, CardState
from engagement.themes import actions as taxonomy
from engagement.themes.models import Standing, Theme

UNDO = timedelta(minutes=25)  # shorter than labels take to be learned from


class CannotDo(Exception):
    """Why not, in a sentence for a person."""


@transaction.atomic
def name_card(user: Any, card: Card, name: str, ids: Sequence[UUID], now: datetime | None = None) -> Theme:
    """A theme of that name, with the card's words and, as first labels, those of its shown creations that fit."""
    card = _open(user, card)
    name = " ".join(name.split())
    slug = slugify(name)[:40]
    if not slug:
        raise CannotDo(_("Give it a name with letters or digits."))
    wanted = _fitting(card, ids)
    known = [word for word, _ in card.words[:4]]
    before = card.theme
    try:
        if before and before.slug == slug and before.standing == Standing.RETIRED:
            # It was named so before and that was taken back: no label of then is left.
            taxonomy.restore_theme(user, before)
            theme = Theme.objects.get(pk=before.pk)
        else:
            theme = taxonomy.add_theme(user, slug, name, keywords={"en": known} if known else {})
    except taxonomy.CannotChange as error:
        raise CannotDo(f"{error} Merge the card into it, or choose another name.") from error
    except ValidationError as error:
        raise CannotDo(" ".join(error.messages)) from error
    _label(user, card, theme, wanted)
    _decide(user, card, CardState.NAMED, theme, now)
    return theme


@transaction.atomic
def merge_card(user: Any, card: Card, theme: Theme, ids: Sequence[UUID], now: datetime | None = None) -> None:
    """Its shown creations that fit are of a theme that there is."""
    card = _open(user, card)
    theme = Theme.objects.select_for_update().get(pk=theme.pk)
    if theme.standing != Standing.LIVE:
        raise CannotDo(f"{theme} is given to creations no more.")
    _label(user, card, theme, _fitting(card, ids))
    _decide(user, card, CardState.MERGED, theme, now)


@transaction.atomic
def wave_off(user: Any, card: Card, now: datetime | None = None) -> None:
    """It is nothing new. It does not come again."""
    card = _open(user, card)
    card.before = {}
    _decide(user, card, CardState.WAVED, None, now)


@transaction.atomic
def undo(user: Any, card: Card, now: datetime | None = None) -> int:
    """As it was before this person decided. Returns how many labels could not be taken back: they were learned from, or
    somebody said something else since."""
    now = now or timezone.now()
    card = Card.objects.select_for_update().get(pk=card.pk)
    if card.state == CardState.OPEN or card.decided_by_id != user.pk or card.decided_at is None:
        raise CannotDo(_("You decided nothing about this card that could be taken back."))
    if now - card.decided_at > UNDO:
        raise CannotDo(_("It is too late: its labels are learned from."))
    was, theme, stuck = card.state, card.theme, 0
    for id, slug in card.before.items():
        row = CreationTheme.objects.filter(creation_id=id).select_related("creation").first()
        if row is None or theme is None or row.slug != theme.slug:
            continue
        try:
            correct(user, row.creation, slug)
        except (CannotCorrect, Gone):
            stuck += 1
    if was == CardState.NAMED and theme is not None:
        if Card.objects.filter(theme=theme).exclude(pk=card.pk).exclude(state=CardState.OPEN).exists():
            raise CannotDo(_("Another card was merged into that theme since. Take that back first."))
        try:
            taxonomy.retire_theme(user, theme, "Its naming was taken back.")
        except taxonomy.CannotChange as error:
            raise CannotDo(str(error)) from error
    card.state, card.decided_by, card.decided_at, card.before = CardState.OPEN, None, None, {}
    card.theme = theme if was == CardState.NAMED else None
    card.save()
    audit.record(Verb.UNDO, "card", card.pk, user=user, old={"state": was}, new={"state": card.state, "stuck": stuck})
    return stuck


def undoable(user: Any, now: datetime | None = None) -> Card | None:
    """What this person decided last and can still take back."""
    since = (now or timezone.now()) - UNDO
    rows = Card.objects.filter(decided_by=user, decided_at__gt=since).exclude(state=CardState.OPEN)
    return rows.order_by("-decided_at").first()


def _open(user: Any, card: Card) -> Card:
    if not isinstance(user, User):
        raise CannotDo(_("Only a person decides about a card."))
    card = Card.objects.select_for_update().get(pk=card.pk)
    if card.state != CardState.OPEN:
        raise CannotDo(f"Somebody was first: the card is {card.get_state_display()}.")
    return card


def _fitting(card: Card, ids: Sequence[UUID]) -> list[Any]:
    shown = {creation.id: creation for creation in card.shown(SHOWN)}
    return [shown[id] for id in dict.fromkeys(ids) if id in shown]


def _label(user: Any, card: Card, theme: Theme, creations: Sequence[Any]) -> None:
    themes = dict(CreationTheme.objects.filter(creation__in=creations).values_list("creation_id", "slug"))
    before: dict[str, str] = {}
    for creation in creations:
        if creation.id not in themes or themes[creation.id] == theme.slug:
            continue
        try:
            correct(user, creation, theme.slug)
        except (CannotCorrect, Gone):
            continue  # it was said, and learned from, before; or somebody decides about its draft just now
        before[str(creation.id)] = themes[creation.id]
    if not before:
        raise CannotDo(_("Leave at least one creation that fits."))
    card.before = before


def _decide(user: Any, card: Card, state: CardState, theme: Theme | None, now: datetime | None) -> None:
    card.state, card.theme, card.decided_by, card.decided_at = state, theme, user, now or timezone.now()
    card.save()
    new = {"state": str(state), "theme": theme.slug if theme else None, "labels": len(card.before)}
    audit.record(Verb.DECIDE, "card", card.pk, user=user, old={"state": str(CardState.OPEN)}, new=new)
