"""The grid by keyboard: what was not on the screen is not approved, one press for all, one key to take it back."""

import os
import time
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from moderation.agreement.models import KnownAnswer, KnownCase
from moderation.desk.models import Claim, Decision
from moderation.grid.models import Grid, GridRule
from moderation.intake.models import DecidedBy, State, Submission
from tests import axe

pytestmark = pytest.mark.django_db(transaction=True)
SEEN = os.environ.get("PICTURES_TO", "")  # a folder: what the test sees is kept there, to be looked at
PASSED = ("image:0", "face", "pass", "", [])


def keep(page, name: str) -> None:
    if SEEN:
        page.screenshot(path=str(Path(SEEN) / f"{name}.png"))


def eventually(true, seconds: float = 15) -> None:
    until = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < until
        time.sleep(0.05)


@pytest.fixture
def easy(waiting, moderator) -> list[Submission]:
    """Twenty-four of them: more than fit on the screen."""
    GridRule.objects.update_or_create(id=1, defaults={"known": 0, "most": 24, "seconds": 1})
    text = "it took me two whole days and my sister gave me the wheels"
    return [waiting(minutes_left=n + 1, title=f"Car {n}", text=text, pictures=1, found=[PASSED]) for n in range(24)]


def n(page, name: str):
    return page.locator(f'[data-n="{name}"]')


def test_by_keys_what_was_not_on_the_screen_is_not_approved_and_undo(easy, at_desk):
    page = at_desk("/desk/grid/", height=620)
    tiles = page.locator(".tile")
    expect(tiles).to_have_count(24)
    expect(tiles.nth(0).get_by_role("checkbox")).to_be_focused()
    expect(tiles.nth(0).get_by_text("it took me two whole days")).to_be_visible()
    # The first rows have been looked at; the last was never on the screen.
    expect(tiles.nth(0)).to_have_class("tile seen")
    expect(tiles.nth(23)).to_have_class("tile")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("r")
    expect(tiles.nth(1).get_by_text("doubtful")).to_be_visible()
    expect(n(page, "marked")).to_have_text("1")
    page.keyboard.press("z")
    expect(page.locator("#grid-large")).to_be_visible()
    page.keyboard.press("a")  # keys rest while it is open
    page.keyboard.press("z")
    expect(page.locator("#grid-large")).to_be_hidden()
    assert not Decision.objects.exists()
    assert axe.violations(page) == []
    keep(page, "grid-1440")
    page.keyboard.press("a")
    expect(page.get_by_text("1 doubtful one is on your desk")).to_be_visible()
    approved = Decision.objects.count()
    assert 0 < approved < 23
    last = Submission.objects.get(id=easy[23].id)
    assert (last.state, Decision.objects.filter(submission=last).exists()) == (State.QUEUED, False)
    marked = Claim.objects.get(submission=easy[1])
    assert (marked.moderator.username, marked.together) == ("mia", None)
    keep(page, "grid-told-1440")
    page.keyboard.press("u")
    expect(page.get_by_text(f"Taken back: {approved} wait again.")).to_be_visible()
    assert Submission.objects.filter(state=State.QUEUED).count() == 24
    expect(tiles).to_have_count(approved)


def test_all_of_it_when_one_has_looked_at_all(easy, at_desk):
    page = at_desk("/desk/grid/", height=1000)
    tiles = page.locator(".tile")
    for row in range(0, 24, 6):
        tiles.nth(row).scroll_into_view_if_needed()
        for one in range(row, row + 6):
            expect(tiles.nth(one)).to_have_class("tile seen")
    tiles.nth(7).click()  # a click marks as the key does
    expect(n(page, "unseen")).to_have_text("0")
    expect(n(page, "approve")).to_have_text("23")
    page.keyboard.press("a")
    eventually(lambda: Decision.objects.count() == 23)


def test_a_press_survives_a_lost_connection(easy, at_desk):
    page = at_desk("/desk/grid/")
    expect(page.locator(".tile").nth(0)).to_have_class("tile seen")
    page.context.set_offline(True)
    page.keyboard.press("a")
    expect(page.get_by_text("It is kept here and tried again.")).to_be_visible()
    assert not Decision.objects.exists()
    page.context.set_offline(False)
    expect(page.get_by_text("Approved: ")).to_be_visible()
    assert Decision.objects.exists()
    assert Grid.objects.filter(press__isnull=False).count() == 1


def test_a_miss_is_told_kindly_on_a_phone_in_the_dark(easy, waiting, at_desk, lead):
    now = timezone.now()
    row = waiting(
        title="A desk", pictures=1, state=State.REJECTED, decided_by=DecidedBy.PREFILTER, decided_at=now, answer_at=now
    )
    KnownCase.objects.create(
        submission=row, outcome="reject", reasons=["not_a_build"], why="No brick is in it.", made_by=lead
    )
    GridRule.objects.update(known=100, most=12)
    page = at_desk("/desk/grid/", width=390, height=844, dark=True)
    tile = page.locator(".tile", has_text="A desk")
    tile.scroll_into_view_if_needed()
    expect(tile).to_have_class("tile seen")
    keep(page, "grid-390-dark")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.get_by_role("button", name="Approve").click()
    expect(page.get_by_text("One of these was a known case.")).to_be_visible()
    expect(page.get_by_text("No brick is in it.")).to_be_visible()
    assert KnownAnswer.objects.get().right is False
    keep(page, "grid-missed-390-dark")
    assert axe.violations(page) == []


def test_leaving_gives_everything_back(easy, at_desk):
    page = at_desk("/desk/grid/")
    expect(page.locator(".tile")).to_have_count(24)
    page.goto(page.url.replace("/desk/grid/", "/desk/keys/"))
    eventually(lambda: not Claim.objects.exists())
