"""Veils, the one key for what may be illegal, and two people who open a case: in a real browser."""

import pytest
from playwright.sync_api import expect

from moderation.care.models import Comfort
from moderation.intake.models import Submission
from moderation.restricted.models import Case
from moderation.restricted.preserving import preserve
from tests.axe import violations
from tests.browser.test_desk import ahead, eventually, title
from tests.conftest import PASSWORD

pytestmark = pytest.mark.django_db(transaction=True)
FOUND = [("image:0", "nudity", "flag", "nudity", [])]
BLUR = "getComputedStyle(document.querySelector('#desk-place .view.current img')).filter"


def test_veiled_until_a_key_or_the_pointer(waiting, at_desk, moderator):
    waiting(1, title="Erste", pictures=1, found=FOUND), waiting(2, title="Zweite", pictures=1, found=FOUND)
    page = at_desk()
    assert "blur" in page.evaluate(BLUR)
    page.keyboard.press("v")
    assert page.evaluate(BLUR) == "none"
    page.keyboard.press("v")
    assert "blur" in page.evaluate(BLUR)
    page.locator("#desk-place .view.current .canvas").hover()
    assert page.evaluate(BLUR) == "none"
    page.mouse.move(2, 2)
    page.keyboard.press("v")
    ahead(page)
    page.keyboard.press("3")  # looking at one is no looking at the next
    expect(title(page)).to_have_text("Zweite")
    assert "blur" in page.evaluate(BLUR)
    # Chosen once, it holds wherever the person sits.
    page.goto(page.url.replace("/desk/", "/desk/comfort/"))
    assert violations(page) == []
    page.get_by_label("Blurred", exact=True).uncheck()
    page.get_by_role("button", name="Keep").click()
    expect(page.get_by_text("Kept, for you alone")).to_be_visible()
    assert Comfort.objects.get(person=moderator).own == {"blur": False}
    page.goto(page.url.replace("/comfort", ""))
    assert page.evaluate(BLUR) == "none"
    page.set_viewport_size({"width": 390, "height": 800})
    for path in ("comfort/", "me/"):
        page.goto(page.url.split("/desk/")[0] + "/desk/" + path)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        assert violations(page) == []


def test_hidden_by_two_presses_and_opened_by_two_people(waiting, at_desk, site, custodian, second_custodian):
    one, _ = waiting(1, title="Erste", pictures=1), waiting(2, title="Zweite", pictures=1)
    page = at_desk()
    ahead(page)
    picture = page.locator("#desk-place .view.current img").get_attribute("src")
    page.keyboard.press("x")
    hide = page.get_by_role("button", name="Hide it now")
    expect(hide).to_be_visible()
    page.keyboard.press("x")  # a bounced key
    page.keyboard.press("Escape")
    expect(hide).to_be_hidden()
    assert not Case.objects.exists()
    page.keyboard.press("x")
    expect(hide).to_be_enabled()
    page.keyboard.press("x")
    expect(title(page)).to_have_text("Zweite")
    eventually(Case.objects.exists)
    case = Case.objects.get()
    expect(page.get_by_text(f"Case {case.number}")).to_be_visible()
    assert "Erste" not in page.content()
    assert page.request.get(site + picture).status == 404
    assert Submission.objects.get(id=one.id).held
    assert preserve(case)

    kim = at_desk(f"/restricted/{case.id}/", "kim")
    assert violations(kim) == []
    kim.get_by_label("Why it has to be opened").fill("to report it")
    kim.get_by_label("Your password").fill(PASSWORD)
    kim.get_by_role("button", name="Ask to open it").click()
    expect(kim.get_by_text("Another custodian has to agree")).to_be_visible()
    kai = at_desk(f"/restricted/{case.id}/", "kai", width=390)
    kai.get_by_label("Your password").fill(PASSWORD)
    kai.get_by_role("button", name="Agree").click()
    kai.get_by_role("link", name="Look at it").click()
    expect(kai.get_by_role("link", name="image:0")).to_be_visible()
    assert violations(kai) == []
    assert kai.evaluate("document.documentElement.scrollWidth") <= 390
    kim.reload()
    kim.get_by_label("Reported to").fill("the police")
    kim.get_by_label("Number of the receipt").fill("P-2026-17")
    kim.get_by_role("button", name="Enter the receipt").click()
    expect(kim.get_by_text("P-2026-17")).to_be_visible()
    kim.goto(f"{site}/restricted/")
    expect(kim.get_by_text("reported", exact=True)).to_be_visible()
    assert violations(kim) == []
