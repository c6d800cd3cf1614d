"""Search by keyboard, a kept search, the tour of the desk, training by the desk's keys; on a phone and dark too."""

import os
from pathlib import Path

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from moderation.desk.models import Toured
from moderation.intake.models import State, Submission
from moderation.policies.models import Answer
from moderation.search.actions import take_looks

pytestmark = pytest.mark.django_db(transaction=True)
SEEN = os.environ.get("PICTURES_TO", "")  # a folder: what the test sees is kept there, to be looked at
RUDE = [("text", "profanity", "flag", "rude", [])]


def keep(page, name: str) -> None:
    if SEEN:
        page.screenshot(path=str(Path(SEEN) / f"{name}.png"), full_page=True)


def no_sideways(page) -> None:
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_found_kept_and_found_again(waiting, at_desk, lead):
    first = waiting(9, title="Dragon Castle", text="darn it", pictures=1, found=RUDE, author="fox-1")
    for n in range(3):
        waiting(5, title=f"Racer {n}", pictures=1, author="otter-2")
    take_looks()
    page = at_desk("/search/", username="lea", width=1440, height=900)
    page.get_by_label("Words in it").fill("dragon")
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="Dragon Castle")).to_be_visible()
    expect(page.locator(".results > li")).to_have_count(1)
    assert "veil" in page.locator(".results img").get_attribute("class")
    page.get_by_label("Keep this search as").fill("Dragons")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Kept as “Dragons”.")).to_be_visible()
    keep(page, "search-1440")
    page.get_by_role("link", name="Begin anew").click()
    expect(page.locator(".results > li")).to_have_count(4)
    page.get_by_role("link", name="Dragons").click()
    page.get_by_role("link", name="Dragon Castle").click()
    expect(page.get_by_role("heading", name="What happened")).to_be_visible()
    with page.expect_download() as saved:
        page.get_by_role("link", name="JSON").click()
    assert '"received"' in Path(saved.value.path()).read_text()
    page.goto(page.url.split("/desk/")[0] + reverse("search") + "?market=QQ")
    expect(page.get_by_text("“QQ” is no market")).to_be_visible()
    phone = at_desk(f"/search/?author={first.author}", username="lea", width=390, height=844, dark=True)
    expect(phone.locator(".results > li")).to_have_count(1)
    no_sideways(phone)
    keep(phone, "search-390-dark")
    phone.goto(page.url.split("/search/")[0] + reverse("setup"))
    expect(phone.get_by_role("heading", name="Setup")).to_be_visible()
    no_sideways(phone)
    keep(phone, "setup-390-dark")
    page.goto(page.url.split("/search/")[0] + reverse("setup"))
    keep(page, "setup-1440")


def test_around_the_desk_and_training_by_the_same_keys(waiting, at_desk, moderator):
    waiting(title="A castle", text="darn it", pictures=1, found=RUDE)
    page = at_desk(width=1440, height=900)
    page.get_by_role("link", name="New here?").click()
    tour = page.get_by_role("dialog")
    expect(tour.get_by_role("heading", name="What a child sent in")).to_be_focused()
    keep(page, "tour-1440")
    page.keyboard.press("a")  # keys that decide are off
    page.keyboard.press("ArrowRight")
    expect(tour.get_by_role("heading", name="Why it is here")).to_be_focused()
    expect(page.locator(".toured")).to_have_class("panel toured")
    for _ in range(6):
        page.keyboard.press("ArrowRight")
    expect(tour).to_be_hidden()
    expect(page.get_by_text("New here?")).to_have_count(0)
    assert Submission.objects.get().state == State.QUEUED
    page.keyboard.press("?")
    page.get_by_role("button", name="The tour of the desk").click()
    expect(tour.get_by_role("heading", name="What a child sent in")).to_be_focused()
    with page.expect_response(lambda answer: answer.url.endswith(reverse("desk-tour"))):
        page.keyboard.press("Escape")
    expect(tour).to_be_hidden()
    assert Toured.objects.get(person=moderator).whole  # skipped the second time, and yet seen
    phone = at_desk("/policies/training/", width=390, height=844, dark=True)
    no_sideways(phone)
    keep(phone, "training-390-dark")
    phone.keyboard.press("a")
    expect(phone.get_by_text("1 of")).to_be_visible()
    phone.keyboard.press("1")
    expect(phone.get_by_text("2 of")).to_be_visible()
    assert list(Answer.objects.order_by("id").values_list("outcome", flat=True)) == ["approve", "reject"]
