"""Looking again at rejections: by two keys, on a phone in the dark, and without scripts."""

import time

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from moderation.intake.models import DecidedBy, State, Submission
from moderation.prefilter.models import Recheck

pytestmark = pytest.mark.django_db(transaction=True)
BOX = {"x": 0.2, "y": 0.2, "w": 0.3, "h": 0.4, "label": "face", "score": 0.9}


@pytest.fixture
def drawn(waiting, moderator) -> list[Submission]:
    """Three, in this order."""
    made = []
    for n in range(3):
        one = waiting(
            pictures=1,
            title=f"Castle {n}",
            state=State.REJECTED,
            decided_by=DecidedBy.PREFILTER,
            reasons=[{"code": "face", "title": "Face"}],
            found=[("image:0", "face", "reject", "face", [BOX])],
        )
        Recheck.objects.create(submission=one, place=n / 10, chance=0.05, drawn_at=timezone.now())
        made.append(one)
    return made


def states() -> list[str]:
    return list(Recheck.objects.order_by("place").values_list("submission__state", flat=True))


def eventually(true, seconds: float = 8) -> None:
    until = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < until
        time.sleep(0.05)


def test_two_keys_are_enough(drawn, at_desk):
    page = at_desk("/rechecks/")
    expect(page.get_by_text("Castle 0")).to_be_visible()
    assert page.evaluate("[...document.querySelectorAll('.view img')].every((one) => one.naturalWidth > 0)")
    box = page.locator(".boxes rect").first
    expect(box).to_be_visible()
    page.keyboard.press("x")
    expect(box).to_be_hidden()
    page.keyboard.press("b")
    expect(page.get_by_text("Castle 1")).to_be_visible()
    expect(page.get_by_role("status").get_by_text("Put back")).to_be_visible()
    page.keyboard.press("y")
    expect(page.get_by_text("Castle 2")).to_be_visible()
    page.keyboard.press("s")
    expect(page.get_by_role("heading", name="Nothing to look at again")).to_be_visible()
    assert states() == ["queued", "rejected", "rejected"]
    assert list(Recheck.objects.order_by("place").values_list("answer", flat=True)) == ["back", "right", ""]


@pytest.mark.parametrize("scripts", [True, False])
def test_a_phone_in_the_dark(drawn, at_desk, scripts):
    page = at_desk("/rechecks/", width=390, dark=True, java_script_enabled=scripts)
    page.get_by_role("button", name="Put back into the queue").click()
    eventually(lambda: states()[0] == "queued")
    expect(page.get_by_text("Castle 1")).to_be_visible()
    wide = page.locator("main").bounding_box()["width"]
    assert wide <= 390
    assert page.get_by_role("button", name="Rightly rejected").bounding_box()["width"] > 300
