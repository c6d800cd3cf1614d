"""Four weeks of creations: known ones that a theme explains, and a kind that nobody has named."""

import uuid
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from engagement.creations.models import Creation
from engagement.daily.models import CreationTheme

NOW = datetime(2026, 6, 3, 5, 30, tzinfo=UTC)  # a Wednesday: the week of 25 May is over and themed
KNOWN = ["city", "castle", "space"]
UNNAMED = ["Glowfish {} of the reef", "Reef diver {} with a glowfish", "Coral glowfish cave {}"]


class Drawn:
    """Eyes that see what stands in the title: a place for each kind, and doubts about glowfish."""

    def __init__(self):
        from engagement.novelty.looking import Kind

        self.kinds = [Kind("text", "drawn-1", 0.6, 0.4)]

    def see(self, view, creations):
        rng = np.random.default_rng(len(creations))
        saw = []
        for creation in creations:
            text = creation.title
            kind = next((n for n, slug in enumerate(KNOWN) if slug in text), len(KNOWN))
            middle = np.zeros(12)
            middle[kind] = 4.0
            sure = kind < len(KNOWN)
            scores = {slug: 0.9 if n == kind else 0.05 if sure else 1 / 3 for n, slug in enumerate(KNOWN)}
            saw.append((middle + rng.normal(0, 0.5, 12), scores))
        return saw


@pytest.fixture
def eyes():
    return Drawn()


@pytest.fixture
def published(calling_app):
    """published("A {} by the sea", 40, slug="city", week=0): creations of so many weeks before the last one, themed."""

    def published(title: str, count: int, slug: str = "", week: int = 0, author: str = "a") -> list[Creation]:
        at = NOW - timedelta(days=4, weeks=week)
        rows = [
            Creation(
                id=uuid.UUID(int=uuid.uuid4().int >> 8),  # drawn, whatever it is about
                app=calling_app,
                external_id=uuid.uuid4().hex,
                content_digest="",
                title=title.format(n),
                market="DK",
                language="en",
                author=f"{author}{n}",
                published_at=at,
            )
            for n in range(count)
        ]
        Creation.objects.bulk_create(rows)
        CreationTheme.objects.bulk_create(
            [
                CreationTheme(creation=row, slug=slug, name=slug, chance=0.9 if slug else 0.34, version="1")
                for row in rows
            ]
        )
        return rows

    return published


@pytest.fixture
def weeks(published):
    """Of each known theme 30 creations, and 36 glowfish, most of them in the last week."""
    for slug in KNOWN:
        published(f"A {slug} house {{}}", 30, slug, week=1)
    for n, title in enumerate(UNNAMED):
        published(title, 8, week=0)
        published(title, 4, week=n)


@pytest.fixture
def searched(weeks, eyes):
    from engagement.novelty.looking import look
    from engagement.novelty.searching import search, week_to_search

    while look(eyes, NOW):
        pass
    return search(week_to_search(NOW), eyes.kinds, NOW)
