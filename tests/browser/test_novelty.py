"""A new theme is named without a mouse."""

import uuid
from datetime import date

import numpy as np
import pytest
from django.utils import timezone
from playwright.sync_api import expect

from engagement.creations.models import Creation
from engagement.daily.models import CreationTheme
from engagement.novelty.models import Card, CardState, Member, Round, RoundState
from engagement.themes.models import Theme

pytestmark = pytest.mark.django_db(transaction=True)
WEEK = date(2026, 5, 25)


@pytest.fixture
def cards(waiting, moderator, calling_app) -> list[Card]:
    """Two cards of four creations; the first one's first has a picture."""
    Round.objects.create(week=WEEK, state=RoundState.DONE, looked=200, strange=30, done_at=timezone.now())
    weeks = ["2026-05-04", "2026-05-11", "2026-05-18", "2026-05-25"]
    growth = {"weeks": weeks, "counts": [0, 1, 1, 2], "everything": [50] * 4, "ratio": 3.0, "low": 0.2, "high": 41.0}
    made = []
    for n, word in enumerate(("glowfish", "tram")):
        card = Card.objects.create(
            first_week=WEEK,
            last_week=WEEK,
            words=[[word, 5.0]],
            stability=0.9 - n / 10,
            size=4,
            growth=growth,
            view="text",
            encoder="drawn-1",
            mean=np.zeros(3, np.float32).tobytes(),
        )
        for place in range(4):
            creation = Creation.objects.create(
                app=calling_app,
                external_id=uuid.uuid4().hex,
                submission=waiting(pictures=1) if n == place == 0 else None,
                title=f"A {word} {place}",
                market="DK",
                language="en",
                author=f"a{place}",
            )
            CreationTheme.objects.create(creation=creation, slug="", name="", chance=0.3, version="1")
            Member.objects.create(card=card, creation=creation, place=place)
        made.append(card)
    return made


def test_a_card_is_named_by_keys_and_taken_back(cards, at_desk):
    page = at_desk("/new/")
    first, second = page.locator("[data-card]").nth(0), page.locator("[data-card]").nth(1)
    expect(first).to_be_focused()
    page.wait_for_function("document.querySelector('.mosaic img').naturalWidth > 0")
    page.keyboard.press("j")
    expect(second).to_be_focused()
    page.keyboard.press("k")
    page.keyboard.press("n")
    page.keyboard.type("Glow Junk")  # letters of a name are no keys
    page.keyboard.press("Enter")
    expect(page.locator(".messages")).to_contain_text("Glow Junk is a theme now")
    expect(page.locator("[data-card]")).to_have_count(1)
    assert Theme.objects.live().filter(slug="glow-junk").exists()
    assert CreationTheme.objects.filter(slug="glow-junk").count() == 4
    page.keyboard.press("u")
    expect(page.locator(".messages")).to_contain_text("Taken back")
    assert Card.objects.filter(state=CardState.OPEN).count() == 2
    assert not Theme.objects.live().filter(slug="glow-junk").exists()
    page.set_viewport_size({"width": 390, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
