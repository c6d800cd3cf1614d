"""The engager's morning: without a mouse, on a phone, in the dark, and without scripts."""

import time
import uuid

import pytest
from playwright.sync_api import expect

from engagement.characters.checking import check
from engagement.characters.models import Character, Draft
from engagement.creations.models import Creation

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True, scope="module")
def _what_checks_comments(models):
    """Every comment is read by two models: loaded once, before anybody waits for a page."""
    assert check("Flot klods 1!", "da") == []


@pytest.fixture
def drafts(waiting, moderator, calling_app) -> list[Draft]:
    """Five drafts; those of the first two have a picture."""
    bo, _ = Character.objects.get_or_create(slug="bo", defaults={"name": "Bo Builder"})
    Character.objects.get_or_create(slug="tilde", defaults={"name": "Tilde Tile", "voice": "calm"})
    rows = []
    for n in range(5):
        creation = Creation.objects.create(
            app=calling_app,
            external_id=uuid.uuid4().hex,
            submission=waiting(pictures=1) if n < 2 else None,
            title=f"Build {n}",
            market="DK",
            language="da",
            author=f"a{n}",
        )
        rows.append(Draft.objects.create(creation=creation, character=bo, language="da", text=f"Flot klods {n}!"))
    return rows


def states() -> list[tuple[str, str]]:
    return list(Draft.objects.order_by("made_at").values_list("state", "text"))


def eventually(true, seconds: float = 8) -> None:
    until = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < until, states()
        time.sleep(0.05)


def all_seen(page) -> None:
    expect(page.locator("[data-unseen]")).to_have_count(0)


def test_a_morning_by_keys_alone(drafts, at_desk):
    page = at_desk("/comments/")
    tiles = page.locator("[data-tile]")
    expect(tiles).to_have_count(5)
    expect(tiles.nth(0)).to_be_focused()
    page.keyboard.press("a")
    expect(page.locator("#answered")).to_have_text("Look at it for a second first.")
    all_seen(page)
    assert page.evaluate("[...document.querySelectorAll('.seen img')].every((one) => one.naturalWidth > 0)")
    page.keyboard.press("a")
    expect(tiles.nth(1)).to_be_focused()
    page.keyboard.press("e")
    page.keyboard.press("End")
    page.keyboard.type(" Du har god fantasi!")  # these are letters here
    page.keyboard.press("Escape")
    page.keyboard.press("a")
    page.keyboard.press("d")
    expect(page.locator("#answered")).to_have_text("2 to approve, 1 to drop, of 5")
    page.wait_for_timeout(1000)
    page.keyboard.press("Enter")
    expect(page.get_by_text("Approved 2, dropped 1.")).to_be_visible()
    assert states()[:4] == [
        ("approved", "Flot klods 0!"),
        ("approved", "Flot klods 1! Du har god fantasi!"),
        ("dropped", "Flot klods 2!"),
        ("draft", "Flot klods 3!"),
    ]
    page.keyboard.press("u")
    expect(page.get_by_text("Taken back: 3.")).to_be_visible()
    assert {state for state, _ in states()} == {"draft"}


def test_another_text_by_another_character_keeps_the_focus_and_has_to_be_seen(drafts, at_desk):
    page = at_desk("/comments/")
    all_seen(page)
    page.keyboard.press("c")
    page.keyboard.type("Tilde")
    page.keyboard.press("Escape")
    page.keyboard.press("r")
    eventually(lambda: states()[0][1] != "Flot klods 0!")
    first = page.locator("[data-tile]").nth(0)
    expect(first).to_be_focused()
    expect(first.locator("textarea")).to_have_value(states()[0][1])
    assert Draft.objects.order_by("made_at").first().character.slug == "tilde"
    all_seen(page)
    page.keyboard.press("Shift+A")
    expect(page.locator("#answered")).to_have_text("5 to approve, 0 to drop, of 5")
    page.wait_for_timeout(5200)  # a second for each
    page.keyboard.press("Enter")
    expect(page.get_by_text("Approved 5, dropped 0.")).to_be_visible()


def test_what_cannot_have_been_read_stays_on_the_page(drafts, at_desk):
    page = at_desk("/comments/")
    all_seen(page)
    page.evaluate("performance.now = () => 4000")  # four seconds after it was loaded
    page.keyboard.press("Shift+A")
    page.keyboard.press("Enter")
    expect(page.locator("#answered")).to_have_text("5 drafts cannot have been read yet. Send again in a moment.")
    assert {state for state, _ in states()} == {"draft"}


def test_an_unkind_edit_stays_with_its_reason(drafts, at_desk):
    page = at_desk("/comments/")
    all_seen(page)
    page.keyboard.press("e")
    page.keyboard.press("Control+A")
    page.keyboard.type("Hvor gammel er du?")
    page.keyboard.press("Escape")
    page.keyboard.press("a")
    page.keyboard.press("a")
    page.wait_for_timeout(800)
    page.keyboard.press("Enter")
    expect(page.get_by_text("It asks for something personal.")).to_be_visible()
    expect(page.get_by_text("Approved 1, dropped 0.")).to_be_visible()
    assert states()[0] == ("draft", "Flot klods 0!")


@pytest.mark.parametrize("scripts", [True, False])
def test_a_phone_in_the_dark_with_and_without_scripts(drafts, at_desk, scripts):
    page = at_desk("/comments/", width=390, dark=True, java_script_enabled=scripts)
    first = page.locator("[data-tile]").nth(0)
    first.scroll_into_view_if_needed()
    page.wait_for_timeout(1300)
    first.get_by_role("radio", name="Approve").check()
    page.get_by_role("button", name="Send").click()
    eventually(lambda: states()[0] == ("approved", "Flot klods 0!"))
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_more_than_can_have_been_read_is_not_sent(drafts, moderator, logged_in):
    client = logged_in(moderator)
    html = client.get("/comments/").content.decode()
    token = html.split('name="page" value="')[1].split('"')[0]
    data = {"page": token} | {f"answer-{row.id}": "approve" for row in drafts}
    data |= {f"was-{row.id}": row.text for row in drafts}
    answer = client.post("/comments/send/", data, follow=True)
    assert "So much cannot have been read yet" in answer.content.decode()
    assert {state for state, _ in states()} == {"draft"}


def test_a_draft_that_was_not_on_the_page_is_not_approved(drafts, moderator, logged_in):
    from engagement.characters.forms import page_token

    client = logged_in(moderator)
    token = page_token([drafts[1].id])
    time.sleep(2.1)
    data = {"page": token, f"answer-{drafts[0].id}": "approve", f"was-{drafts[0].id}": drafts[0].text}
    client.post("/comments/send/", data)
    assert {state for state, _ in states()} == {"draft"}
    client.post("/comments/send/", {"page": token[:-2] + "xx", f"answer-{drafts[1].id}": "approve"})
    assert {state for state, _ in states()} == {"draft"}
