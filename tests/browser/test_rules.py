"""The policy one key away, an appeal that another person decides, an author's line: by keyboard, on a phone, dark."""

import os
from datetime import timedelta
from pathlib import Path

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from moderation.appeals.actions import appeal_rejection
from moderation.appeals.models import Appeal
from moderation.authors.actions import weigh
from moderation.authors.models import Author, Strike
from moderation.desk.actions import claim_next, decide
from moderation.intake.models import State, Submission
from moderation.policies.actions import begin, write
from moderation.policies.changing import Place

pytestmark = pytest.mark.django_db(transaction=True)
SEEN = os.environ.get("PICTURES_TO", "")  # a folder: what the test sees is kept there, to be looked at


def keep(page, name: str) -> None:
    if SEEN:
        page.screenshot(path=str(Path(SEEN) / f"{name}.png"), full_page=True)


@pytest.fixture
def appealed(waiting, calling_app, moderator) -> Appeal:
    """`mia` rejected two things of one author; against the first there is an appeal."""
    for n in range(2):
        waiting(title=f"The silly castle {n}", text="darn it, it fell down", author="fox-117", pictures=1,
                found=[("text", "profanity", "flag", "rude", [])])  # fmt: skip
        decide(moderator, claim_next(moderator), "reject", ["rude"])
    past = timezone.now() - timedelta(minutes=1)
    Submission.objects.update(answer_at=past)
    Strike.objects.update(counts_from=past)
    weigh(Author.objects.get().id)
    return appeal_rejection(calling_app, Submission.objects.order_by("received_at").first(), "It is a cartoon word!")[0]


def no_sideways(page) -> None:
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_the_policy_is_one_key_away_and_the_desk_stays(waiting, at_desk):
    waiting(title="A castle", text="darn it", found=[("text", "profanity", "flag", "rude", [])])
    page = at_desk()
    page.keyboard.press("p")
    dialog = page.locator("#desk-policy")
    expect(dialog.get_by_role("heading", name="Rude words")).to_be_visible()
    expect(dialog.get_by_text("A mild cry is no insult.")).to_be_visible()
    keep(page, "desk-policy")
    page.keyboard.press("a")  # keys rest while it is open
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    assert Submission.objects.get().state == State.QUEUED


def test_another_person_decides_and_the_line_shows_it(appealed, at_desk, second_moderator, lead):
    page = at_desk("/appeals/", username="max", width=390, height=844, dark=True)
    expect(page.get_by_role("heading", name="1 appeal to look at")).to_be_visible()
    no_sideways(page)
    page.get_by_role("row").nth(1).get_by_role("link").click()
    expect(page.get_by_text("It is a cartoon word!")).to_be_visible()
    keep(page, "appeal-390-dark")
    no_sideways(page)
    page.get_by_role("radio", name="It was wrong: publish").check()
    page.get_by_label("Why, for colleagues").fill("a mild cry")
    page.get_by_role("button", name="Decide").click()
    expect(page.get_by_text("the child reads a kind answer")).to_be_visible()
    assert Appeal.objects.get().outcome == "changed"
    line = at_desk("/authors/", username="lea")
    line.get_by_label("Pseudonym, or how it begins").fill("fox")
    line.keyboard.press("Enter")
    line.get_by_role("button", name="fox-117").click()
    expect(line.get_by_text("withdrawn: overturned on appeal")).to_be_visible()
    keep(line, "author-1440")
    no_sideways(line)
    draft = write(lead, begin(lead, "kinder words"), {
        Place("text", "rude", "da", "text"): "Find nogle rare ord i stedet. Send det så igen!",
        Place("reason", "rude", "", "severity"): 55,
    })  # fmt: skip
    for name, path in (
        ("authors", "/authors/"),
        ("rates", "/appeals/rates/"),
        ("policies", "/policies/"),
        ("reason", "/policies/reasons/bad_picture/"),
        ("draft", reverse("policy-draft", args=[draft.id])),
        ("change", reverse("policy-change", args=[draft.id, "rude"]) + "?market=DK"),
        ("training", "/policies/training/"),
    ):
        for width in (1440, 390):
            line.set_viewport_size({"width": width, "height": 900})
            line.emulate_media(color_scheme="dark" if width == 390 else "light")
            line.goto(line.url.split("/", 3)[0] + "//" + line.url.split("/", 3)[2] + path)
            expect(line.locator("main h1, main h2").first).to_be_visible()
            keep(line, f"{name}-{width}")
            no_sideways(line)
