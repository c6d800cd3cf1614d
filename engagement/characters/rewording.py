"""Drafts in a language model's words, where there is one: they take a template's place only if they may be said."""

from datetime import timedelta
from typing import Any

import structlog
from django.db import transaction
from django.utils import timezone

from brickmod.web.metrics import COMMENTS_WORDED
from engagement.characters.checking import check
from engagement.characters.drafting import HEARD_FOR, name_of
from engagement.characters.local_model import Silent, Speaker
from engagement.characters.models import Draft, DraftState
from engagement.characters.writing import Wish
from engagement.creations.models import Creation

log = structlog.get_logger(__name__)
SINCE = timedelta(days=1)  # an older draft has been read by now


def waiting(most: int = 50) -> list[Any]:
    """Ids of drafts that a model has not seen: their first text stands, and nobody changed it."""
    fresh = Draft.objects.waiting().filter(tried=1, edited=False, made_at__gt=timezone.now() - SINCE)
    return list(fresh.order_by("made_at").values_list("id", flat=True)[:most])


def reword(id: Any, speaker: Speaker) -> str:
    """Ask the model once for this draft. Returns how it ended: "model" (its text stands), or why the template's does:
    "silent", "refused" (it may not be said), "heard" (its author was told so already), "late" (a person was faster).

    The model speaks outside of any transaction: it may take its time.
    """
    row = Draft.objects.select_related("creation", "character").filter(id=id, tried=1, edited=False).first()
    if row is None or row.state != DraftState.DRAFT:
        return _counted("late")
    mine = Creation.objects.filter(app=row.creation.app_id, author=row.creation.author)
    built = mine.filter(published_at__lt=row.creation.published_at).count()
    wish = Wish(str(row.creation_id), row.character.slug, row.character.voice, row.language, name_of(row.theme), built)
    text, how = "", "model"
    try:
        text = speaker.say(wish)
    except Silent as why:
        log.info("comments.silent", draft=str(id), why=str(why))
        how = "silent"
    if text and (problems := check(text, row.language)):
        log.info("comments.refused", draft=str(id), problems=problems)
        how = "refused"
    elif text and _heard(mine, text):
        how = "heard"
    return _counted(_kept(row, text if how == "model" else row.text, how))


def _heard(mine: Any, text: str) -> bool:
    recent = Draft.objects.filter(creation__in=mine).exclude(state=DraftState.DROPPED)
    return recent.filter(made_at__gt=timezone.now() - HEARD_FOR, text=text).exists()


@transaction.atomic
def _kept(row: Draft, text: str, how: str) -> str:
    """A conditional update: who approved, edited or dropped it meanwhile was faster. Refused or not, it was tried."""
    same = Draft.objects.filter(id=row.id, state=DraftState.DRAFT, text=row.text, tried=1, edited=False)
    return how if same.update(text=text, tried=2) else "late"


def _counted(how: str) -> str:
    COMMENTS_WORDED.labels(how=how).inc()
    return how
