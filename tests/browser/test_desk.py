"""A moderator's work in a real browser."""

import re
import time

import pytest
from playwright.sync_api import Page, expect

from moderation.desk.models import Claim, Decision, Skip
from moderation.intake.models import State, Submission

pytestmark = pytest.mark.django_db(transaction=True)


def title(page: Page):
    return page.locator("#desk-place h1")


def state(one: Submission) -> str:
    return Submission.objects.get(id=one.id).state


def eventually(true, seconds: float = 5) -> None:
    """What the browser sends arrives a moment later."""
    until = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < until
        time.sleep(0.02)


def ahead(page: Page) -> None:
    """Wait until the next one has been fetched."""
    page.locator("#desk > div[hidden] article").first.wait_for(state="attached")


def test_approve_by_a(waiting, at_desk):
    one, _ = waiting(1, title="Erste", pictures=1), waiting(2, title="Zweite")
    page = at_desk()
    expect(title(page)).to_have_text("Erste")
    page.keyboard.press("a")
    expect(title(page)).to_have_text("Zweite")
    eventually(lambda: state(one) == State.APPROVED)
    assert Decision.objects.get().shown_at is not None


def test_reject_by_r_and_a_key(waiting, at_desk):
    one, _ = waiting(1, title="Erste", found=[("title", "profanity", "flag", "rude", [])]), waiting(2, title="Zweite")
    page = at_desk()
    page.keyboard.press("r")
    expect(page.locator("#desk-place button[value=rude]")).to_be_focused()  # what is suspected comes first
    page.keyboard.press("1")
    expect(title(page)).to_have_text("Zweite")
    eventually(lambda: state(one) == State.REJECTED)
    assert Decision.objects.get().reasons == ["face"]


def test_reject_by_a_digit_at_once(waiting, at_desk):
    one = waiting(1)
    page = at_desk()
    page.keyboard.press("3")
    eventually(lambda: state(one) == State.REJECTED)
    assert Decision.objects.get().reasons == ["rude"]
    expect(page.get_by_text("Nothing waits for you", exact=True)).to_be_visible()


def test_undo_by_u(waiting, at_desk):
    one, two = waiting(1, title="Erste"), waiting(2, title="Zweite")
    page = at_desk()
    page.keyboard.press("a")
    expect(title(page)).to_have_text("Zweite")
    expect(page.get_by_role("button", name="Undo")).to_be_visible()
    page.keyboard.press("u")
    expect(title(page)).to_have_text("Erste")
    assert state(one) == State.QUEUED
    page.keyboard.press("3")  # and the other way round
    expect(title(page)).to_have_text("Zweite")
    eventually(lambda: state(one) == State.REJECTED)
    assert state(two) == State.QUEUED
    assert Decision.objects.filter(undone_at=None).count() == 1


def test_undo_goes_away_when_its_time_is_over(waiting, at_desk, settings):
    settings.UNDO_SECONDS = 2
    waiting(1), waiting(2)
    page = at_desk()
    page.keyboard.press("a")
    undo = page.get_by_role("button", name="Undo")
    expect(undo).to_be_visible()
    expect(undo).to_have_count(0)


def test_skip_by_s_and_a_reason(waiting, at_desk):
    one = waiting(1, title="Erste")
    waiting(2, title="Zweite")
    page = at_desk()
    page.keyboard.press("s")
    page.keyboard.press("2")
    expect(title(page)).to_have_text("Zweite")
    eventually(lambda: Skip.objects.filter(submission=one, why="unsure").exists())


def test_keys_are_dead_while_somebody_writes(waiting, at_desk):
    one = waiting(1, title="Erste")
    page = at_desk()
    page.keyboard.press("m")
    note = page.locator("#desk-place textarea[id^=note-]")
    note.click()
    page.keyboard.type("as sure as 1, 2, 3?")
    assert note.input_value() == "as sure as 1, 2, 3?"
    page.locator("#desk-place .sheet").get_by_label("Rude words").check()
    page.keyboard.press("a")  # a box is no text field, but the sheet is open
    assert state(one) == State.QUEUED
    page.locator("#desk-place .sheet").get_by_label("Face").check()
    page.locator("#desk-place .sheet").get_by_role("button", name="Reject", exact=True).click()
    eventually(lambda: state(one) == State.REJECTED)
    decision = Decision.objects.get()
    assert (decision.reasons, decision.note) == (["face", "rude"], "as sure as 1, 2, 3?")


def test_keys_with_modifiers_are_the_browsers(waiting, at_desk):
    one = waiting(1)
    page = at_desk()
    page.keyboard.press("Control+a")
    page.keyboard.press("Alt+a")
    page.wait_for_timeout(300)
    assert state(one) == State.QUEUED


def test_a_key_held_down_decides_once(waiting, at_desk):
    waiting(1), waiting(2, title="Zweite"), waiting(3)
    page = at_desk()
    ahead(page)
    page.keyboard.down("a")
    page.keyboard.down("a")  # the keyboard's own repetition
    page.keyboard.up("a")
    expect(title(page)).to_have_text("Zweite")
    page.wait_for_timeout(300)
    assert Decision.objects.count() == 1


def test_the_next_one_is_there_at_once(waiting, at_desk):
    for n in range(6):
        waiting(n, title=f"Bau {n}", pictures=1)
    page = at_desk()
    for n in range(5):
        ahead(page)
        page.evaluate("() => { window.pressed = performance.now() }")
        page.keyboard.press("a")
        shown = page.evaluate("document.querySelector('#desk-place h1').textContent.trim()")
        assert shown == f"Bau {n + 1}"  # without waiting for any answer
    eventually(lambda: Decision.objects.count() == 5)


def test_the_focus_is_never_lost_and_never_on_approve(waiting, at_desk):
    waiting(1), waiting(2, title="Zweite")
    page = at_desk()
    expect(title(page)).to_be_focused()
    page.locator("#desk-place button.approve").focus()
    page.keyboard.press("Enter")
    expect(title(page)).to_have_text("Zweite")
    expect(title(page)).to_be_focused()


def test_a_screen_reader_hears_what_happened(waiting, at_desk):
    waiting(1), waiting(2, title="Zweite")
    page = at_desk()
    page.keyboard.press("a")
    expect(page.locator("#desk-says")).to_have_text(re.compile(r"Approving\. Zweite\."))


def test_pictures_zoom_and_boxes(waiting, at_desk):
    box = [{"x": 0.2, "y": 0.2, "w": 0.3, "h": 0.3, "label": "face", "score": 0.7}]
    waiting(1, pictures=3, found=[("image:0", "face", "flag", "face", box)])
    page = at_desk()
    boxes = page.locator("#desk-place .view.current .boxes")
    expect(boxes).to_be_visible()
    page.keyboard.press("b")
    expect(boxes).to_be_hidden()
    page.keyboard.press("b")
    page.keyboard.press("z")
    canvas = page.locator("#desk-place .view.current .canvas")
    assert "scale" in canvas.get_attribute("style")
    before = canvas.get_attribute("style")
    page.keyboard.press("ArrowRight")  # zoomed: it moves the picture
    assert canvas.get_attribute("style") != before
    page.keyboard.press("Escape")
    page.keyboard.press("ArrowRight")
    expect(page.locator("#desk-place [data-at]")).to_have_text("2")
    expect(page.locator("#desk-place .strip [aria-current]")).to_have_attribute("data-show", "1")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")  # there is nothing before the first
    expect(page.locator("#desk-place [data-at]")).to_have_text("1")


def test_what_the_child_would_read_follows_the_reason(waiting, at_desk):
    waiting(1, found=[("title", "profanity", "flag", "rude", [])])
    page = at_desk()
    told = page.locator("#desk-place [data-told]:visible")
    expect(told).to_have_attribute("data-told", "rude")
    page.locator("#desk-place button[value=face]").focus()
    expect(told).to_have_attribute("data-told", "face")
    page.keyboard.press("Escape")
    expect(told).to_have_attribute("data-told", "rude")


def test_a_picture_that_is_gone_is_said_and_cannot_be_approved(waiting, at_desk):
    one = waiting(1, pictures=1)
    part = one.parts.get(kind="image")
    part.file.storage.delete(part.preview.name)
    page = at_desk()
    expect(page.get_by_text("This picture is not there any more.")).to_be_visible()
    page.keyboard.press("a")
    expect(page.locator("#desk-notices li")).to_contain_text("cannot see every picture")
    page.wait_for_timeout(200)
    assert state(one) == State.QUEUED


def test_an_empty_desk_fills_by_itself(waiting, at_desk):
    page = at_desk()
    expect(page.locator("#desk-empty")).to_be_visible()
    waiting(1, title="Endlich")
    expect(title(page)).to_have_text("Endlich", timeout=10_000)
    expect(page.locator("#desk-empty")).to_be_hidden()


def test_a_claim_that_was_lost_is_said(waiting, at_desk, make_user):
    one = waiting(1, title="Erste")
    waiting(2, title="Zweite")
    page = at_desk()
    ahead(page)
    Claim.objects.filter(submission=one).update(moderator=make_user("moderator", "max"))
    page.evaluate("dispatchEvent(new Event('online'))")  # a reason to ask
    expect(page.locator("#desk-notices li")).to_contain_text("You no longer hold this one")
    expect(page.locator("#desk-place button.approve")).to_be_disabled()
    page.keyboard.press("a")
    page.get_by_role("button", name="Next one").click()
    expect(title(page)).to_have_text("Zweite")
    assert state(one) == State.QUEUED


def test_a_decision_that_comes_too_late_stays_on_the_page(waiting, at_desk, make_user):
    one = waiting(1, title="Erste")
    waiting(2, title="Zweite")
    page = at_desk()
    ahead(page)
    Claim.objects.filter(submission=one).update(moderator=make_user("moderator", "max"))
    page.keyboard.press("a")
    expect(title(page)).to_have_text("Zweite")
    expect(page.locator("#desk-notices li")).to_contain_text("Not counted: Approved: Erste.")
    assert state(one) == State.QUEUED


def test_a_lost_connection_loses_no_decision(waiting, at_desk):
    one, two = waiting(1, title="Erste"), waiting(2, title="Zweite")
    page = at_desk()
    ahead(page)
    page.context.set_offline(True)
    page.keyboard.press("a")
    expect(title(page)).to_have_text("Zweite")
    page.keyboard.press("3")
    expect(page.locator("#desk-notices")).to_contain_text("Not sent yet: 2 decisions")
    assert state(one) == state(two) == State.QUEUED
    page.context.set_offline(False)
    eventually(lambda: (state(one), state(two)) == (State.APPROVED, State.REJECTED), seconds=15)
    expect(page.locator("#desk-notices li")).to_have_count(0)
    assert Decision.objects.count() == 2


def test_an_answer_that_was_lost_counts_once(waiting, at_desk):
    one = waiting(1)
    page = at_desk()
    lost = []

    def lose_the_first(route):
        route.fetch()  # it arrives there
        if lost:
            return route.continue_()
        lost.append(1)
        return route.abort()

    page.route("**/decide/", lose_the_first)
    page.keyboard.press("a")
    expect(page.get_by_role("button", name="Undo")).to_be_visible()
    assert lost
    assert state(one) == State.APPROVED
    assert Decision.objects.count() == 1


def test_leaving_gives_back_at_once(waiting, at_desk, site):
    waiting(1), waiting(2)
    page = at_desk()
    ahead(page)
    assert Claim.objects.count() == 2
    page.goto(f"{site}/desk/queue/")
    eventually(lambda: not Claim.objects.exists())


def test_a_reload_keeps_what_one_has(waiting, at_desk):
    waiting(1, title="Erste"), waiting(2)
    page = at_desk()
    ahead(page)
    for _ in range(3):
        page.reload()
        expect(title(page)).to_have_text("Erste")
        page.wait_for_timeout(200)
        assert Claim.objects.filter(submission__parts__text="Erste").exists()


def test_two_people_never_see_the_same(waiting, at_desk, make_user):
    for n in range(8):  # each holds three at the most: enough for the second, however quick the first is
        waiting(n, title=f"Bau {n}")
    make_user("moderator", "max")
    mia, max = at_desk(), at_desk(username="max")
    seen = []
    for page in (mia, max, mia, max):
        ahead(page)
        seen.append(title(page).text_content())
        page.keyboard.press("a")
    assert len(set(seen)) == 4
    eventually(lambda: Decision.objects.count() == 4)


def test_the_key_sheet(waiting, at_desk):
    one = waiting(1)
    page = at_desk()
    page.keyboard.press("?")
    expect(page.get_by_role("heading", name="Keys")).to_be_visible()
    page.keyboard.press("a")
    page.keyboard.press("Escape")
    expect(page.get_by_role("heading", name="Keys")).to_be_hidden()
    assert state(one) == State.QUEUED


# What sticks out of the page to the side, but for what scrolls by itself.
WIDER = """() => document.documentElement.scrollWidth <= innerWidth ? [] : [...document.body.querySelectorAll("*")]
    .filter((one) => one.getBoundingClientRect().right > innerWidth && !one.closest(".strip, nav"))
    .map((one) => `${one.tagName}.${one.className} ${one.getBoundingClientRect().right}`)"""
LONG = "Rindfleischetikettierungsüberwachungsaufgabenübertragungsgesetz"


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize(("width", "height"), [(1440, 900), (720, 450), (390, 844), (320, 640)])
def test_it_fits_every_screen(waiting, at_desk, width, height, dark):
    waiting(-4, title=LONG, text=f"{LONG} {LONG}", pictures=12, language="de", market="DE")
    waiting(1, title="قلعتي الجديدة", text="بنيت هذه القلعة", language="ar", market="AE")
    page = at_desk(width=width, height=height, dark=dark)
    for _ in range(3):  # many parts, text alone, nothing
        assert page.evaluate(WIDER) == []
        if width == 1440:
            assert page.evaluate("document.documentElement.scrollHeight") <= height
        page.keyboard.press("a")
        page.wait_for_timeout(300)


def test_on_a_telephone(waiting, at_desk):
    one = waiting(1, title="Erste", pictures=1)
    waiting(2, title="Zweite", pictures=1)
    page = at_desk(width=390, height=844, has_touch=True, is_mobile=True)
    page.locator("#desk-place button.reject").tap()
    page.locator("#desk-place .reasons button[value=bad_picture]").tap()
    expect(title(page)).to_have_text("Zweite")
    eventually(lambda: state(one) == State.REJECTED)
    for name in ("Approve", "Reject", "Skip", "Undo"):
        box = page.locator("#desk-place").get_by_role("button", name=re.compile(name)).first.bounding_box()
        assert box["y"] + box["height"] <= 844  # at hand without scrolling
        assert box["height"] >= 40


def test_right_to_left_text_reads_from_the_right(waiting, at_desk):
    waiting(1, title="قلعتي", text="بنيت هذه القلعة", language="ar", market="AE", pictures=1)
    page = at_desk()
    assert page.evaluate("getComputedStyle(document.querySelector('#desk-place h1')).direction") == "rtl"


def test_without_scripts(waiting, at_desk):
    one, _ = waiting(1, title="Erste", pictures=2), waiting(2, title="Zweite")
    page = at_desk(java_script_enabled=False)
    page.get_by_role("button", name="Approve").click()
    expect(title(page)).to_have_text("Zweite")
    assert state(one) == State.APPROVED
    page.get_by_role("button", name="Undo").click()
    expect(title(page)).to_have_text("Erste")
    page.get_by_role("button", name="Bad picture").click()
    expect(title(page)).to_have_text("Zweite")
    assert state(one) == State.REJECTED


def test_the_queue_refreshes_itself_and_opens_one(waiting, at_desk, site):
    one = waiting(1, title="Erste", pictures=1)
    page = at_desk(to="/desk/queue/")
    expect(page.locator("tbody tr")).to_have_count(1)
    waiting(2)
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(page.locator("tbody tr")).to_have_count(2)
    page.locator("tbody a").first.click()
    page.wait_for_url(f"{site}/desk/s/{one.id}/")
    expect(page.get_by_role("heading", name="Erste")).to_be_visible()
    expect(page.locator("button.approve")).to_have_count(0)
