"""A short shift by keyboard, and what the desk's keys do beyond approve and reject."""

import re
import time

import pytest
from playwright.sync_api import expect

from brickmod.outbox.models import Delivery, Endpoint, Event
from moderation.desk.models import Claim, Decision, Escalation, Keys, Park, PartDecision
from moderation.intake.models import State, Submission
from moderation.queues.models import Queue

pytestmark = pytest.mark.django_db(transaction=True)


def eventually(true, seconds: float = 15) -> None:
    until = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < until
        time.sleep(0.02)


def test_twenty_by_keyboard(waiting, at_desk):
    for n in range(21):
        waiting(n, title=f"Bau {n}", pictures=1)
    page = at_desk()
    for n in range(20):
        expect(page.locator("#desk-place h1")).to_have_text(f"Bau {n}")
        page.keyboard.press("a" if n % 3 else "5")
    expect(page.locator("#desk-place h1")).to_have_text("Bau 20")
    eventually(lambda: Decision.objects.count() == 20)
    assert Submission.objects.filter(state=State.REJECTED).count() == 7
    assert page.locator("#desk-notices li").count() == 0


def test_what_something_was_found_in_takes_two_presses(waiting, at_desk):
    one = waiting(1, title="Erste", found=[("title", "profanity", "flag", "rude", [])])
    page = at_desk()
    page.keyboard.press("a")
    expect(page.locator("#desk-place [data-approve]")).to_have_text("Press again")
    page.keyboard.press("a")  # at once: a bounced key
    assert Submission.objects.get(id=one.id).state == State.QUEUED
    since = "() => performance.now() - document.querySelector('#desk-place article').dataset.armed"
    eventually(lambda: page.evaluate(since) > 260)
    page.keyboard.press("a")
    eventually(lambda: Submission.objects.get(id=one.id).state == State.APPROVED)


def test_passed_on_with_a_receipt_that_stays(waiting, at_desk):
    Queue.objects.get_or_create(slug="leads", defaults={"name": "Leads", "leads": True, "escalations": True})
    waiting(1, title="Erste"), waiting(2, title="Zweite")
    page = at_desk()
    page.keyboard.press("e")
    page.keyboard.press("1")
    expect(page.locator("#desk-place h1")).to_have_text("Zweite")
    expect(page.locator("#desk-notices li")).to_contain_text("Erste: Passed on to Leads. Receipt")
    assert Escalation.objects.get().receipt in page.locator("#desk-notices li").text_content()
    page.keyboard.press("l")
    page.keyboard.press("2")
    expect(page.locator("#desk-notices li").last).to_contain_text("Set aside until")
    assert Park.objects.count() == 1


def test_a_box_and_selected_words_are_sent_with_the_reason(waiting, at_desk):
    one = waiting(1, title="Erste", text="Das ist \U0001f409 Hans", pictures=1)
    page = at_desk()
    page.keyboard.press("w")
    box = page.locator("#desk-place .view.current .canvas").bounding_box()
    page.mouse.move(box["x"] + box["width"] * 0.4, box["y"] + box["height"] * 0.4)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.6, box["y"] + box["height"] * 0.6)
    page.mouse.up()
    page.evaluate("""() => {
      const text = document.querySelector("#desk-place .panel p.text").firstChild;
      getSelection().setBaseAndExtent(text, text.length - 4, text, text.length);
    }""")
    page.keyboard.press("w")
    expect(page.locator("#desk-place [data-meant] li")).to_have_count(2)
    page.keyboard.press("1")
    eventually(lambda: Submission.objects.get(id=one.id).state == State.REJECTED)
    drawn, said = PartDecision.objects.order_by("part__kind")
    assert drawn.part.kind == "image"
    assert 0.05 < drawn.where["w"] < 0.5
    assert said.part.text[said.where["start"] : said.where["end"]] == "Hans"


def test_a_persons_own_keys(waiting, at_desk, moderator, site):
    Keys.objects.create(person=moderator, own={"approve": "k", "skip": "a"})
    one = waiting(1)
    page = at_desk()
    page.keyboard.press("?")
    expect(page.locator("#desk-keys dt", has_text="K")).to_have_count(1)
    page.keyboard.press("Escape")
    page.keyboard.press("k")
    eventually(lambda: Submission.objects.get(id=one.id).state == State.APPROVED)
    page.goto(f"{site}/desk/keys/")
    page.get_by_label("Approve").fill("r")
    page.get_by_role("button", name="Keep").click()
    expect(page.get_by_text(re.compile("is there twice"))).to_be_visible()
    page.get_by_role("button", name="As they came").click()
    expect(page.get_by_label("Approve")).to_have_value("A")


def test_what_the_app_has_not_heard_stays_on_the_screen(waiting, at_desk, calling_app):
    one = waiting(1)
    page = at_desk()
    page.keyboard.press("a")
    eventually(lambda: Event.objects.filter(subject=str(one.id)).exists())
    endpoint = Endpoint.objects.create(app=calling_app, url="https://app.example/hook")
    event = Event.objects.get(subject=str(one.id))
    Delivery.objects.create(event=event, endpoint=endpoint, subject=event.subject, tries=3, last_error="refused")
    page.evaluate("dispatchEvent(new Event('online'))")  # the heartbeat, before its time
    expect(page.locator("#desk-unheard li")).to_contain_text("Not heard yet by Brick Club: approved. refused, 3 tries")
    Delivery.objects.update(state="delivered")
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(page.locator("#desk-unheard li")).to_have_count(0)


def test_a_lead_reverses_on_the_page(waiting, at_desk, site, lead, moderator):
    from datetime import timedelta

    from django.utils import timezone

    from moderation.desk.actions import claim_next, decide

    one = waiting(1)
    claim_next(moderator)
    decide(moderator, one, "approve")
    Submission.objects.update(answer_at=timezone.now() - timedelta(seconds=1))
    page = at_desk(to=f"/desk/s/{one.id}/", username="lea")
    page.get_by_label("Rude words").check()
    page.get_by_label("Why it is reversed").fill("The second word.")
    page.get_by_role("button", name="Reject it after all").click()
    expect(page.get_by_text("Reversed: it is rejected now.")).to_be_visible()
    assert Submission.objects.get(id=one.id).state == State.REJECTED
    assert not Claim.objects.exists()
