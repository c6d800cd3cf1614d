"""Counts who came back, among authors who may hear characters and those who never do.

An author counts from their first creation in the window on: had they built before, did they build again within
BACK days, and on how many days? Everything that tells authors apart here (market, theme, the character that would have
spoken) is known of both groups before any character speaks, so no slice favours one.
"""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import asdict
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
from django.utils import timezone

from brickmod import markets
from engagement.characters.holding_out import held_out
from engagement.characters.models import Character
from engagement.creations.models import Creation
from engagement.daily.choosing import who_would_speak
from engagement.daily.models import CreationTheme
from engagement.value.estimate import effect, needed
from engagement.value.models import Measured

WINDOW = timedelta(days=28)  # first creations that count
BACK = timedelta(days=14)  # in which an author comes back, or does not
BEFORE = timedelta(days=28)  # what is known from before
ALPHA = 0.05
OUTCOMES: dict[str, str] = {"came back": "built again within 14 days", "days": "days with a build, of the next 14"}


class _Author:
    """One author's counts; nothing of it is kept."""

    __slots__ = ("before", "days", "first", "held", "later")

    def __init__(self, first: Any, held: bool) -> None:
        self.first, self.held = first, held
        self.before, self.later, self.days = 0, 0, set[date]()


def measure(now: datetime | None = None) -> Measured:
    """Measure, and keep it as today's (a second time on the same day: in its place)."""
    now = now or timezone.now()
    authors = _authors(now)
    groups: dict[str, dict[str, list[_Author]]] = {"all": {"All": authors}, "market": {}, "theme": {}, "character": {}}
    for kind, name_of in _slices(authors).items():
        named: dict[str, list[_Author]] = defaultdict(list)
        for author in authors:
            named[name_of(author)].append(author)
        groups[kind] = dict(sorted(named.items(), key=lambda pair: -len(pair[1])))
    share = sum(author.held for author in authors) / max(1, len(authors))
    data: dict[str, Any] = {"authors": len(authors), "held": sum(author.held for author in authors), "outcomes": {}}
    for outcome in OUTCOMES:
        rows = []
        for kind, named in groups.items():
            # Several looks at once: each slice of a kind is held to its part of the risk.
            alpha = ALPHA / max(1, len(named))
            rows += [_row(kind, name, some, outcome, share, alpha) for name, some in named.items()]
        data["outcomes"][outcome] = rows
    row, _ = Measured.objects.update_or_create(day=now.date(), defaults={"made_at": now, "data": data})
    return row


def _authors(now: datetime) -> list[_Author]:
    start, end = now - BACK - WINDOW, now - BACK
    fields = ("id", "app_id", "author", "market", "language", "published_at")
    rows = Creation.objects.filter(published_at__gte=start - BEFORE, published_at__lt=now).order_by("published_at")
    found: dict[tuple[int, str], _Author] = {}
    earlier: dict[tuple[int, str], int] = defaultdict(int)
    for row in rows.values_list(*fields, named=True).iterator(chunk_size=5000):
        who = (row.app_id, row.author)
        author = found.get(who)
        if author is not None:
            if row.published_at <= author.first.published_at + BACK:
                author.later += 1
                author.days.add(row.published_at.date())
        elif row.published_at < start:
            earlier[who] += 1
        elif row.published_at < end:
            found[who] = new = _Author(row, held_out(*who))
            new.before = earlier[who]
    return list(found.values())


def _slices(authors: list[_Author]) -> dict[str, Callable[[_Author], str]]:
    ids = [author.first.id for author in authors]
    themes: dict[Any, tuple[str, str]] = {}
    for at in range(0, len(ids), 5000):
        piece = CreationTheme.objects.filter(creation__in=ids[at : at + 5000])
        themes |= {id: (slug, name) for id, slug, name in piece.values_list("creation", "slug", "name")}
    characters = list(Character.objects.filter(active=True).order_by("slug"))

    def character(author: _Author) -> str:
        slug, _ = themes.get(author.first.id, ("", ""))
        would = who_would_speak(author.first.id, slug, author.first.language, characters)
        return would.name if would else "nobody"

    return {
        "market": lambda author: markets.name(author.first.market),
        "theme": lambda author: themes.get(author.first.id, ("", ""))[1] or "no theme",
        "character": character,
    }


def _row(kind: str, name: str, some: list[_Author], outcome: str, share: float, alpha: float) -> dict[str, Any]:
    value = (lambda a: float(a.later > 0)) if outcome == "came back" else (lambda a: float(len(a.days)))
    y = np.array([value(author) for author in some], np.float64)
    held = np.array([author.held for author in some], bool)
    before = np.array([author.before for author in some], np.float64)
    found = effect(y, held, before, alpha)
    said = {key: None if isinstance(one, float) and np.isnan(one) else one for key, one in asdict(found).items()}
    return {"kind": kind, "name": name, **said, "sure": found.sure, "needed": needed(found, share, alpha)}
