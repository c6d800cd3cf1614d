"""Which grid a person has before them: the one they left open, or a new one, claimed together."""

import random
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from django.db import IntegrityError, transaction
from django.utils import timezone

from moderation.agreement import known
from moderation.agreement.models import Where
from moderation.care.exposure import dealt
from moderation.desk.claims import claim_together, release, renew
from moderation.desk.door import DECIDE, may
from moderation.desk.models import Claim
from moderation.grid.choosing import candidates, known_bad, slugs_of
from moderation.grid.models import Fate, Grid, GridRule, Tile, the_rule

_chance = random.SystemRandom()  # nobody foresees in which grid a known one lies


@dataclass(frozen=True)
class Served:
    """`grid` None: too few that fit; `fit` of them wait, `rule` says how many it takes."""

    grid: Grid | None
    rule: GridRule
    fit: int = 0


def serve(user: Any) -> Served:
    """This person's open grid, of which what they no longer hold is gone; else a new one. Looking begins anew."""
    may(user, DECIDE)
    rule = the_rule()
    grid = Grid.objects.filter(person=user, pressed_at=None).first()
    if grid is not None and _still(user, grid):
        Tile.objects.filter(grid=grid).update(shown_ms=0)
        grid.served_at = timezone.now()
        grid.save(update_fields=["served_at"])
        return Served(grid, rule)
    if grid is not None:
        close(grid)
    return _new(user, rule)


def _still(user: Any, grid: Grid) -> bool:
    """Renew what is left of it. False: nothing is, or nothing but known ones."""
    tiles = {tile.submission_id: tile for tile in grid.tiles.filter(fate=Fate.OPEN, known=None)}
    mine = set(Claim.objects.filter(together=grid.id).values_list("submission_id", flat=True))
    held = set(renew(user, [id for id in tiles if id in mine]))
    lost = [tile.pk for id, tile in tiles.items() if id not in held]
    Tile.objects.filter(pk__in=lost).update(fate=Fate.LOST)
    return bool(held)


def close(grid: Grid) -> None:
    """It is over without a press: what was in it is free, known ones count as nothing."""
    release(grid.person, list(grid.tiles.filter(known=None, fate=Fate.OPEN).values_list("submission_id", flat=True)))
    for tile in grid.tiles.filter(known__isnull=False, fate=Fate.OPEN).select_related("known"):
        if tile.known is not None:
            known.close(tile.known)
    grid.tiles.filter(fate=Fate.OPEN).update(fate=Fate.LOST)
    Grid.objects.filter(pk=grid.pk, pressed_at=None).update(pressed_at=timezone.now())


def _new(user: Any, rule: GridRule) -> Served:
    """Too few are no grid, and nothing stays claimed then."""
    if not rule.on:
        return Served(None, rule)
    slugs = slugs_of(user)
    ids = candidates(user, rule, timezone.now(), slugs)
    if len(ids) < rule.least:
        return Served(None, rule, len(ids))
    id = uuid4()
    won = claim_together(user, ids, id, rule.most, slugs)
    if len(won) < rule.least:
        release(user, won)
        if Grid.objects.filter(person=user, pressed_at=None).exists():  # another tab of theirs was first
            return serve(user)
        return Served(None, rule, len(won))
    try:
        return Served(_make(user, rule, id, won), rule, len(ids))
    except IntegrityError:  # the same person, in another tab, at the same moment
        release(user, won)
        return serve(user)


@transaction.atomic
def _make(user: Any, rule: GridRule, id: UUID, won: list[UUID]) -> Grid:
    grid = Grid.objects.create(id=id, person=user, seconds=rule.seconds)
    tiles = [Tile(grid=grid, submission_id=one) for one in won]
    if _chance.random() * 100 < rule.known:
        for put in known.put(user, Where.GRID, known_bad(rule)):
            dealt(user, put.case.submission_id, put.put_at)
            tiles.insert(_chance.randrange(len(tiles) + 1), Tile(grid=grid, submission=put.case.submission, known=put))
    for n, tile in enumerate(tiles):
        tile.position = n
    Tile.objects.bulk_create(tiles)
    return grid
