"""A grid: easy ones are claimed together, looked at together, and approved by one press but for those that are marked.

Each approval is a decision by the desk's own action, with all that it does. Nothing is approved of which the server
does not know that it was on the screen long enough: that is counted from the moment the page was made.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from moderation.agreement import known
from moderation.agreement.models import KnownAnswer
from moderation.desk import actions as desk
from moderation.desk.claims import release, renew, to_desk
from moderation.desk.door import DECIDE, may
from moderation.desk.errors import DeskError, NotYours, TooLate
from moderation.desk.models import Claim, Decision, Outcome
from moderation.grid.models import Fate, Grid, Tile, the_rule
from moderation.grid.serving import Served, close, serve
from moderation.intake.models import State, Submission

__all__ = ["Pressed", "Served", "beat", "close", "outcome", "press", "seen", "serve", "undo", "undoable"]


@dataclass
class Pressed:
    """What became of the tiles."""

    approved: int = 0
    marked: int = 0
    unseen: int = 0
    lost: int = 0
    known: list[KnownAnswer] = field(default_factory=list)

    @property
    def misses(self) -> list[KnownAnswer]:
        return [row for row in self.known if row.right is False]


def seen(grid: Grid, shown: Mapping[UUID, int], now: datetime | None = None) -> None:
    """Keep how long tiles were on the screen (milliseconds since the page was made, as the browser counts). None was
    there longer than the page is old."""
    old = int(((now or timezone.now()) - grid.served_at).total_seconds() * 1000)
    tiles = list(grid.tiles.filter(id__in=list(shown), fate=Fate.OPEN))
    for tile in tiles:
        tile.shown_ms = max(tile.shown_ms, min(max(0, shown[tile.id]), old))
    Tile.objects.bulk_update(tiles, ["shown_ms"])


def beat(user: Any, grid: Grid, shown: Mapping[UUID, int]) -> list[UUID]:
    """The heartbeat. Returns the tiles that this person still has before them."""
    if grid.pressed_at is not None:
        return []
    seen(grid, shown)
    tiles = {tile.submission_id: tile for tile in Tile.objects.there().filter(grid=grid, fate=Fate.OPEN)}
    held = set(renew(user, [id for id, tile in tiles.items() if tile.known_id is None]))
    return [tile.id for id, tile in tiles.items() if tile.known_id is not None or id in held]


def press(user: Any, grid: Grid, id: UUID, marked: Collection[UUID], shown: Mapping[UUID, int]) -> Pressed:
    """Approve what is not `marked` and was seen long enough. The marked go to this person's desk, the unseen back.

    1. The press is written once, by compare-and-set: the same `id` again goes on where the first was cut off, and
    repeats what it said; another one is refused. 2. Each tile by itself, in the desk's own transaction: one that was
    withdrawn meanwhile keeps no other from being decided. 3. A decision's id follows from the press and the tile, so
    that none is made twice. Raises NotYours.
    """
    may(user, DECIDE)
    if grid.person_id != user.pk:
        raise NotYours("This grid is somebody else's.")
    now = timezone.now()
    with transaction.atomic():
        if Grid.objects.filter(pk=grid.pk, pressed_at=None).update(press=id, pressed_at=now):
            seen(grid, shown, now)
    grid.refresh_from_db()
    if grid.press != id:
        raise NotYours("This grid is decided already. Load the page again.")
    open_ = list(grid.tiles.filter(fate=Fate.OPEN).select_related("known__case", "submission"))
    renew(user, [tile.submission_id for tile in open_ if tile.known_id is None])
    for tile in open_:
        _decide(user, grid, tile, tile.id in set(marked))
    return outcome(grid)


def _decide(user: Any, grid: Grid, tile: Tile, marked: bool) -> None:
    long_enough = tile.shown_ms >= grid.seconds * 1000
    if tile.known is not None and tile.submission.state == State.WITHDRAWN:
        tile.fate = Fate.LOST
        known.close(tile.known)
    elif tile.known is not None:
        tile.fate = Fate.MARKED if marked else Fate.APPROVED if long_enough else Fate.UNSEEN
        if tile.fate == Fate.UNSEEN:
            known.close(tile.known)
        else:
            known.answer(tile.known, Outcome.REJECT if marked else Outcome.APPROVE, None)
    elif marked:
        tile.fate = Fate.MARKED if to_desk(user, [tile.submission_id]) else Fate.LOST
    elif not long_enough:
        release(user, [tile.submission_id])
        tile.fate = Fate.UNSEEN
    else:
        try:
            tile.decision = desk.decide(
                user, Submission(id=tile.submission_id), Outcome.APPROVE, id=uuid5(grid.press or grid.id, tile.id.hex)
            )
            tile.fate = Fate.APPROVED
        except DeskError:
            tile.fate = Fate.LOST
    tile.save(update_fields=["fate", "decision"])


def outcome(grid: Grid) -> Pressed:
    """What became of a grid that was pressed. Of a known case that was withdrawn, or hidden, nothing is told."""
    found = Pressed()
    for tile in grid.tiles.select_related("known__case__submission"):
        if tile.known is not None:
            if tile.known.outcome and tile.known.case.submission.state != State.WITHDRAWN:
                found.known.append(tile.known)
            continue
        match tile.fate:
            case Fate.APPROVED:
                found.approved += 1
            case Fate.MARKED:
                found.marked += 1
            case Fate.UNSEEN:
                found.unseen += 1
            case Fate.LOST:
                found.lost += 1
    return found


def undo(user: Any, grid: Grid) -> tuple[int, int]:
    """Take the whole press back while the app has heard of nothing: what was approved waits again, before this person
    and in a grid. What went to the desk or back stays there; a miss that was told stays counted.
    Returns (taken back, too late). Raises NotYours, TooLate."""
    may(user, DECIDE)
    if grid.person_id != user.pk:
        raise NotYours("Only who pressed can undo it.")
    tiles = list(grid.tiles.filter(fate=Fate.APPROVED, decision__undone_at=None, known=None).select_related("decision"))
    if grid.undone_at is not None and not tiles:
        return grid.tiles.filter(decision__undone_at__isnull=False).count(), 0
    back: list[Tile] = []
    late = 0
    for tile in tiles:
        decision = tile.decision
        assert decision is not None
        try:
            desk.undo(user, decision, together=grid.id)
            back.append(tile)
        except DeskError:
            late += 1
    if not back:
        raise TooLate("It can no longer be undone: the answers are on their way to the app.")
    if (other := Grid.objects.filter(person=user, pressed_at=None).first()) is not None:
        close(other)  # the next one, served meanwhile: this one comes before it
    with transaction.atomic():
        grid.undone_at = timezone.now()
        grid.save(update_fields=["undone_at"])
        again = Grid.objects.create(person=user, seconds=the_rule().seconds)
        Claim.objects.filter(together=grid.id).update(together=again.id)
        Tile.objects.bulk_create(
            Tile(grid=again, submission_id=tile.submission_id, position=n) for n, tile in enumerate(back)
        )
    return len(back), late


def undoable(user: Any) -> tuple[Grid, int] | None:
    """This person's last press while its decisions can be undone, and for how many seconds."""
    now = timezone.now()
    since = now - timedelta(seconds=settings.UNDO_SECONDS)
    last = Grid.objects.filter(person=user, press__isnull=False, pressed_at__gt=since).order_by("-pressed_at").first()
    if last is None or last.undone_at is not None:
        return None
    first = Decision.objects.filter(tile__grid=last, undone_at=None).order_by("decided_at").first()
    if first is None:
        return None
    left = settings.UNDO_SECONDS - (now - first.decided_at).total_seconds()
    return (last, int(left)) if left > 0 else None
