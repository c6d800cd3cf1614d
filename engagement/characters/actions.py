"""What characters do, and what people say to it. One function a verb, one transaction a function."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

import structlog
from django.db import transaction
from django.db.models import Count, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from brickmod.access.audit import record
from brickmod.access.models import App, Verb
from brickmod.house.rules import undo_seconds
from brickmod.markets import zone
from brickmod.outbox.actions import cancel, emit
from brickmod.outbox.models import EventType
from engagement.characters import second_look
from engagement.characters.checking import Unkind, check
from engagement.characters.drafting import locked_draft, speak_of, waiting_draft, write_again, write_by_hand, written
from engagement.characters.likes import Liked, Liker, plan
from engagement.characters.models import Character, Draft, DraftState, Like, Opinion, OptOut
from engagement.characters.public import comment, like
from engagement.characters.refusals import Gone, TooLate
from engagement.creations.models import Creation

__all__ = ["Gone", "TooLate", "Unkind", "speak_of", "write_again", "write_by_hand", "written"]

log = structlog.get_logger(__name__)

AGAIN_AFTER = timedelta(days=14)  # the same character does not come back to the same child before
GIVE_AT_ONCE = 200


# -- likes ---------------------------------------------------------------------------------------------------------
def plan_likes(day: date, creations: Iterable[Creation], themes: dict[Any, str], now: datetime | None = None) -> int:
    """Plan the likes of `day` for these creations. `themes`: creation id -> slug. Returns how many are new.

    Twice is fine: what is planned for a creation is not planned again.
    """
    now = now or timezone.now()
    refused = set(OptOut.objects.values_list("app_id", "author"))
    wanted = [row for row in creations if (row.app_id, row.author) not in refused]
    liked = {id for ids in _pieces([row.id for row in wanted]) for id in _liked(ids)}
    wanted = [row for row in wanted if row.id not in liked]
    if not wanted:
        return 0
    built: dict[str, int] = {}
    met: dict[str, set[str]] = {}
    for names in _pieces(sorted({row.author for row in wanted})):
        counts = Creation.objects.filter(author__in=names).order_by().values_list("app", "author")
        for app, author, n in counts.annotate(n=Count("id")):
            built[_author(app, author)] = n
        recent = Like.objects.filter(due_at__gt=now - AGAIN_AFTER, creation__author__in=names)
        for app, author, slug in recent.values_list("creation__app", "creation__author", "character__slug"):
            met.setdefault(_author(app, author), set()).add(slug)
    rows = {
        str(row.id): Liked(
            str(row.id),
            _author(row.app_id, row.author),
            themes.get(row.id, ""),
            row.language,
            zone(row.market),
            built=built.get(_author(row.app_id, row.author), 0),
        )
        for row in wanted
    }
    characters = {row.slug: row for row in Character.objects.filter(active=True)}
    likers = [
        Liker(row.slug, tuple(row.themes), tuple(tag.split("-")[0] for tag in row.languages), row.wakes, row.sleeps)
        for row in characters.values()
    ]
    planned = plan(day, rows.values(), likers, met, not_before=now)
    made = Like.objects.bulk_create(
        [Like(creation_id=one.creation, character=characters[one.character], due_at=one.due_at) for one in planned],
        batch_size=500,
        ignore_conflicts=True,
    )
    return len(made)


def give_likes(now: datetime | None = None) -> int:
    """Give the likes whose time has come, each in a transaction of its own. Returns how many."""
    now = now or timezone.now()
    due = Like.objects.filter(given_at=None, due_at__lte=now).order_by("due_at").values_list("id", flat=True)
    return sum(_give(id, now) for id in list(due[:GIVE_AT_ONCE]))


@transaction.atomic
def _give(id: int, now: datetime) -> bool:
    # A conditional update: of two couriers one gives it. A creation that was withdrawn took its likes along.
    if not Like.objects.filter(id=id, given_at=None).update(given_at=now):
        return False
    row = Like.objects.select_related("creation__app", "character").get(id=id)
    if OptOut.objects.filter(app=row.creation.app, author=row.creation.author).exists():
        row.delete()
        return False
    emit(row.creation.app, EventType.LIKED, f"like:{row.id}", row.creation_id, like(row))
    return True


@transaction.atomic
def opt_out(app: App, author: str) -> bool:
    """No character comes to this author any more: what is planned goes, and drafts are dropped. True: it is new."""
    _, new = OptOut.objects.get_or_create(app=app, author=author)
    Like.objects.filter(given_at=None, creation__app=app, creation__author=author).delete()
    Draft.objects.waiting().filter(creation__app=app, creation__author=author).delete()
    return new


def opt_in(app: App, author: str) -> bool:
    """Characters may come again. False: they might all along."""
    return bool(OptOut.objects.filter(app=app, author=author).delete()[0])


def _liked(ids: Sequence[Any]) -> Iterable[Any]:
    return Like.objects.filter(creation__in=ids).order_by().values_list("creation", flat=True).distinct()


def _pieces(values: Sequence[Any], size: int = 5000) -> Iterable[Sequence[Any]]:
    """A database takes only so many parameters in one query."""
    return (values[at : at + size] for at in range(0, len(values), size))


def _author(app: int, author: str) -> str:
    return f"{app}:{author}"


# -- comments ------------------------------------------------------------------------------------------------------
def keep(drafts: Iterable[Draft]) -> int:
    """Keep what was written and may be said, for creations that have no draft. Returns how many that were. Twice is
    fine. It is checked before anything is locked."""
    return _keep([row for row in drafts if not check(row.text, row.language)])


@transaction.atomic
def _keep(wanted: list[Draft]) -> int:
    there = set(
        Draft.objects.filter(creation__in=[row.creation_id for row in wanted])
        .exclude(state=DraftState.DROPPED)
        .values_list("creation", flat=True)
    )
    # What was withdrawn meanwhile gets nothing.
    left = set(Creation.objects.filter(id__in=[row.creation_id for row in wanted]).values_list("id", flat=True))
    new = [row for row in wanted if row.creation_id in left - there]
    Draft.objects.bulk_create(new, batch_size=500, ignore_conflicts=True)
    return len(new)


def edit(user: Any, draft: Draft, text: str, character: Character | None = None) -> Draft:
    """Another text, or another character's. It is checked again. Raises Gone, Unkind."""
    text = " ".join(text.split())
    return _edit(draft, text, check(text, draft.language), character)


@transaction.atomic
def _edit(draft: Draft, text: str, problems: list[str], character: Character | None) -> Draft:
    row = waiting_draft(draft)
    if problems:
        raise Unkind(problems)
    row.edited = row.edited or text != row.text
    row.text, row.character = text, character or row.character
    row.save(update_fields=["text", "character", "edited"])
    return row


def approve(user: Any, draft: Draft, text: str, now: datetime | None = None) -> Draft:
    """This person has read exactly this text and wants it to be said. Raises Unkind, and Gone when it
    reads otherwise by now.

    The app is told when it can no longer be undone. What is checked by models is checked before anything is locked.
    """
    return _approve(user, draft, text, check(text, draft.language), now or timezone.now())


@transaction.atomic
def _approve(user: Any, draft: Draft, text: str, problems: list[str], now: datetime) -> Draft:
    row = waiting_draft(draft)
    if row.text != text:
        raise Gone(_("The text was changed meanwhile. Read it again."))
    if problems:
        raise Unkind(problems)
    row.state, row.approved_text, row.approved_by, row.approved_at = DraftState.APPROVED, text, user, now
    row.approval, row.post_at = uuid4(), now + timedelta(seconds=undo_seconds())
    row.save()
    record(Verb.APPROVE, "comment", row.id, user=user, new={"character": row.character.slug, "edited": row.edited})
    emit(row.creation.app, EventType.COMMENTED, row.key, row.creation_id, comment(row), not_before=row.post_at)
    second_look.draw(row, Opinion.SAY, row.post_at)
    return row


@transaction.atomic
def undo(user: Any, draft: Draft) -> Draft:
    """Take one's own approval back while nobody heard of it, or one's dropping in the same time. Raises TooLate, Gone
    (also when another draft took a dropped one's place)."""
    row = locked_draft(draft)
    now = timezone.now()
    if row.state == DraftState.APPROVED and row.approved_by_id == user.id:
        if row.post_at is None or now >= row.post_at or not cancel(row.key):
            raise TooLate(_("It can no longer be undone: it is on its way to the app."))
    elif row.state == DraftState.DROPPED and row.dropped_by_id == user.id:
        if row.dropped_at is None or now >= row.dropped_at + timedelta(seconds=undo_seconds()):
            raise TooLate(_("It can no longer be undone."))
        if Draft.objects.filter(creation=row.creation).exclude(state=DraftState.DROPPED).exists():
            raise Gone(_("Another draft took its place."))
    else:
        raise Gone(_("It was not you who decided on it."))
    row.state, row.approved_text, row.approved_by, row.approved_at = DraftState.DRAFT, "", None, None
    row.approval = row.post_at = row.dropped_by = row.dropped_at = None
    row.save()
    second_look.forget(row)
    record(Verb.UNDO, "comment", row.id, user=user)
    return row


def undoable(user: Any) -> QuerySet[Draft]:
    """What this person decided and can still take back, newest first."""
    now = timezone.now()
    mine = Q(approved_by=user, post_at__gt=now)
    mine |= Q(dropped_by=user, dropped_at__gt=now - timedelta(seconds=undo_seconds()))
    return Draft.objects.filter(mine).order_by("-approved_at", "-dropped_at")


@transaction.atomic
def drop(user: Any, draft: Draft, now: datetime | None = None) -> Draft:
    """Nothing is said of this creation. Raises Gone."""
    row = waiting_draft(draft)
    row.state, row.dropped_by, row.dropped_at = DraftState.DROPPED, user, now or timezone.now()
    row.save(update_fields=["state", "dropped_by", "dropped_at"])
    second_look.draw(row, Opinion.DROP, row.dropped_at + timedelta(seconds=undo_seconds()))
    return row
