"""Tiles as the page shows them. A known case looks like any other: what tells them apart is not on the page."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Prefetch
from django.urls import reverse

from moderation.care.comfort import own_of
from moderation.care.veils import classes
from moderation.desk.markets import language_name, market_name
from moderation.grid.models import Fate, Grid, Tile
from moderation.intake.models import Part, PartKind, TextRole


@dataclass(frozen=True)
class ShownTile:
    id: UUID
    number: int
    picture: str
    width: int
    height: int
    title: str
    text: str
    hashtags: str
    language: str  # its tag
    about: str
    veil: str  # what this person wants over every picture; by what was found or decided, a known case would be told


def tiles_of(grid: Grid) -> list[ShownTile]:
    """Those that are not decided, in their order; never what is withdrawn, or hidden. Three queries."""
    rows = Tile.objects.there().filter(grid=grid, fate=Fate.OPEN).select_related("submission__app")
    found = rows.prefetch_related(Prefetch("submission__parts", Part.objects.all()))
    veil = classes(own_of(grid.person), [], flagged=False)
    return [shown for n, tile in enumerate(found, 1) if (shown := _shown(tile, n, veil))]


def _shown(tile: Any, number: int, veil: str) -> ShownTile | None:
    row = tile.submission
    parts = list(row.parts.all())
    said = {part.role: part.text for part in parts if part.kind == PartKind.TEXT}
    picture = next((part for part in parts if part.kind == PartKind.IMAGE), None)
    if picture is None:
        return None
    return ShownTile(
        id=tile.id,
        number=number,
        picture=reverse("part-file", args=[picture.id, "preview"]),
        width=picture.width,
        height=picture.height,
        title=said.get(TextRole.TITLE, ""),
        text=said.get(TextRole.TEXT, ""),
        hashtags=said.get(TextRole.HASHTAGS, ""),
        language=row.language,
        about=f"{language_name(row.language)} · {market_name(row.market)}",
        veil=veil,
    )
