"""A morning whole: theme put right, own words, sent, seen by a second one, settled; and its pages for everybody."""

import re
import uuid
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from engagement.characters import actions
from engagement.characters.models import Character, Draft, SecondLook
from engagement.creations.models import Creation
from engagement.daily.models import CreationTheme, DailyRun, Shard, ThemeCorrection
from engagement.trends.counting import roll_up
from engagement.value.measuring import measure
from tests import compared
from tests.axe import violations

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def morning(waiting, moderator, second_moderator, lead, calling_app, settings) -> list[Draft]:
    """Four drafts of yesterday that speak of City, the first with a picture; older creations, some decided on."""
    settings.SECOND_LOOK_PERCENT, settings.HOLD_OUT_PERCENT, settings.UNDO_SECONDS = 100, 0, 0
    bo, _ = Character.objects.get_or_create(slug="bo", defaults={"name": "Bo Builder"})
    now = timezone.now()
    for day in range(2, 40):
        for n in range(4):
            _creation(calling_app, "ninjago" if n else "", now - timedelta(days=day), f"Old {day}-{n}")
    rows = []
    for n in range(4):
        creation = _creation(
            calling_app, "city", now - timedelta(days=1), f"Build {n}", waiting(pictures=1) if n == 0 else None
        )
        text, tried = actions.written(creation, bo, "City")
        draft = Draft(creation=creation, character=bo, language="da", theme="city", text=text, tried=tried)
        draft.save()
        rows.append(draft)
    run = DailyRun.objects.create(day=now.date() - timedelta(days=1), market="DK", creations=4)
    Shard.objects.create(run=run, number=0, creations=[], done_at=now)
    roll_up()
    measure()
    return rows


def _creation(app, slug: str, at, title: str, submission=None) -> Creation:
    row = Creation.objects.create(
        app=app,
        external_id=uuid.uuid4().hex,
        submission=submission,
        title=title,
        market="DK",
        language="da",
        author=f"a-{title}",
        published_at=at,
    )
    CreationTheme.objects.create(creation=row, slug=slug, name=slug.title(), chance=0.8, version="text 1")
    return row


def test_from_a_wrong_theme_to_what_two_see_differently(morning, at_desk):
    page = at_desk("/comments/")
    tiles = page.locator("[data-tile]")
    expect(tiles).to_have_count(4)
    expect(tiles.first.get_by_role("button", name="Correct")).to_be_hidden()
    page.keyboard.press("t")
    page.keyboard.type("Pirates")
    page.keyboard.press("Enter")
    expect(tiles.first.locator("[data-theme-of]")).to_have_value("pirates")
    expect(tiles.first.locator("textarea")).to_have_value(re.compile("Pirates"))
    expect(tiles.first).to_be_focused()
    expect(page.locator("[data-unseen]")).to_have_count(0)
    page.keyboard.press("a")
    expect(tiles.nth(1)).to_be_focused()
    page.keyboard.press("w")
    page.keyboard.type("Sikke en flot bygning!")
    page.keyboard.press("Escape")
    page.keyboard.press("a")
    page.keyboard.press("d")
    expect(page.locator("#answered")).to_have_text("2 to approve, 1 to drop, of 4")
    while page.evaluate("performance.now()") < 2500:  # a second for each that is approved
        page.wait_for_timeout(100)
    page.keyboard.press("Enter")
    expect(page.get_by_text("Approved 2, dropped 1.")).to_be_visible()
    assert ThemeCorrection.objects.get().said == "pirates"
    assert list(Draft.objects.order_by("made_at").values_list("state", flat=True)) == [
        "approved", "approved", "dropped", "draft",
    ]  # fmt: skip
    assert Draft.objects.filter(text="Sikke en flot bygning!", edited=True, state="approved").exists()

    other = at_desk("/comments/", username="max")
    other.get_by_role("link", name="3 for a second look").click()
    expect(other.locator("[data-tile]")).to_have_count(3)
    expect(other.locator("[data-unseen]")).to_have_count(0)
    other.keyboard.press("d")
    other.keyboard.press("d")
    other.keyboard.press("d")
    other.keyboard.press("Enter")
    expect(other.get_by_text("Looked at 3.")).to_be_visible()
    assert SecondLook.objects.filter(second="drop").count() == 3

    third = at_desk("/comments/second/", username="lea")
    rows = third.locator("#disagreements tbody tr")
    expect(rows).to_have_count(2)
    rows.first.get_by_role("button", name="Say it", exact=True).click()
    expect(rows).to_have_count(1)
    third.goto(third.url.replace("comments/second/", "comments/history/"))
    third.get_by_role("link", name="Write by hand").click()
    expect(third.locator("#hand-creation")).not_to_have_value("")
    third.get_by_label("In the child's language").fill("Godt bygget!")
    third.get_by_role("button", name="Write", exact=True).click()
    expect(third.locator("[data-tile]").first.locator("textarea")).to_have_value("Godt bygget!")


@pytest.mark.parametrize(("width", "dark"), [(1440, False), (390, True)])
def test_the_pages_of_a_morning_are_for_everybody(morning, at_desk, tmp_path, width, dark, moderator):
    actions.drop(moderator, morning[3])
    compared.fill(tmp_path)
    page = at_desk("/comments/", username="lea", width=width, dark=dark)
    site = page.url.removesuffix("/comments/")
    wrong = []
    for path in ("/comments/", "/comments/second/", "/comments/history/", "/daily/", "/engagement/", "/value/",
                 "/models/face/"):  # fmt: skip
        page.goto(site + path)
        if path in ("/engagement/", "/models/face/"):
            expect(page.locator(".plot .main-svg").first).to_be_visible()
        wrong += violations(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
        # The entry of the bar that we are at can be seen without pushing it.
        here = page.locator("header.topbar nav [aria-current]").bounding_box()
        assert here["x"] >= 0, path
        assert here["x"] + here["width"] <= width, path
    assert not wrong, "\n".join(wrong)


def test_themes_over_time_are_drawn_and_saved(morning, at_desk):
    page = at_desk("/engagement/")
    page.get_by_label("Over time").select_option("counts")
    page.get_by_role("button", name="Show").click()
    page.wait_for_url("**/engagement/?*show=counts")
    drawn = page.evaluate(
        "[...document.querySelectorAll('[data-chart]')].map((one) => Boolean(one.querySelector('.main-svg')))"
    )
    assert drawn
    assert all(drawn)
    with page.expect_download() as png:
        page.get_by_role("button", name="PNG of Themes by day").click()
    with open(png.value.path(), "rb") as file:
        assert file.read(8) == b"\x89PNG\r\n\x1a\n"
    with page.expect_download() as table:
        page.get_by_role("link", name="CSV of Themes by day").click()
    with open(table.value.path()) as file:
        assert file.readline().startswith("Day,All,")
