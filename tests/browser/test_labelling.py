"""Labelling without a mouse, on a phone, and in the dark."""

import time
from datetime import date

import numpy as np
import pytest
from django.utils import timezone
from playwright.sync_api import expect

from featurestore.store import get_store
from featurestore.store.base import NewFeature
from moderation.labelling.models import Answer, LabelTask, Question
from moderation.prefilter.links import Kept, link

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def asked(waiting, moderator) -> list[Question]:
    """Five pictures and a feature of which nothing is left, in this order."""
    task, _ = LabelTask.objects.get_or_create(task="face", defaults={"question": "Is a real person's face to be seen?"})
    questions = []
    for n in range(5):
        part = waiting(pictures=1).parts.get(kind="image")
        new = NewFeature("test", "picture", np.full(4, n, np.float32), "DK", timezone.now().date())
        link([Kept(part, new, get_store().put([new])[0])])
        questions.append(Question.objects.create(task=task, part=part, why="random", place=n))
    [id] = get_store().put([NewFeature("test", "picture", np.zeros(4, np.float32), "DK", date(2026, 1, 1))])
    near = [["no", "moderator", 0.4]]
    questions.append(Question.objects.create(task=task, feature=id, why="unseen", near=near, place=9))
    return questions


def values() -> dict:
    return dict(Answer.objects.values_list("question__place", "value"))


def eventually(true, seconds: float = 8) -> None:
    until = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < until
        time.sleep(0.05)


def test_a_page_by_keys_alone(asked, at_desk):
    page = at_desk("/labels/face/")
    tiles = page.locator("[data-tile]")
    expect(tiles).to_have_count(6)
    expect(tiles.nth(0)).to_be_focused()
    assert page.evaluate("[...document.querySelectorAll('.seen img')].every((one) => one.naturalWidth > 0)")
    page.keyboard.press("y")
    page.keyboard.press("2")
    page.keyboard.press("s")
    expect(tiles.nth(3)).to_be_focused()
    page.keyboard.press("ArrowDown")  # four in a row: the last row has two
    page.keyboard.press("ArrowLeft")
    expect(tiles.nth(4)).to_be_focused()
    page.keyboard.press("n")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Backspace")
    expect(page.locator("#answered")).to_have_text("3 of 6 answered")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Counted: 3 answers.")).to_be_visible()
    assert len(values()) == 3
    page.keyboard.press("u")
    expect(page.get_by_text("Taken back: 3 answers.")).to_be_visible()
    assert values() == {}
    expect(page.locator("[data-tile]")).to_have_count(6)


@pytest.mark.parametrize("scripts", [True, False])
def test_a_phone_in_the_dark_with_and_without_scripts(asked, at_desk, scripts):
    page = at_desk("/labels/face/", width=390, dark=True, java_script_enabled=scripts)
    page.locator("[data-tile]").nth(5).get_by_role("radio", name="Not sure").check()
    page.locator("[data-tile]").nth(0).get_by_role("radio", name="Yes").check()
    page.get_by_role("button", name="Send answers").click()
    eventually(lambda: values() == {0: "yes", 9: "unsure"})
    expect(page.get_by_text("Nothing is left to show.")).to_have_count(0)
    assert page.locator("[data-tile]").nth(0).bounding_box()["width"] <= 390
