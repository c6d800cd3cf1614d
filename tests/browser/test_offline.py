"""A connection that is away for a while, a tab that is loaded again meanwhile: no decision is lost, none counts twice,
and what the server did not take is said until somebody has read it."""

import pytest
from playwright.sync_api import expect

from moderation.desk.models import Claim, Decision
from moderation.intake.models import State
from tests.browser.test_desk import ahead, eventually, state, title

pytestmark = pytest.mark.django_db(transaction=True)


def test_what_is_not_sent_outlives_the_page_and_goes_out_in_order(waiting, at_desk):
    rows = [waiting(n, title=f"Bau {n}") for n in range(1, 4)]
    page = at_desk()
    ahead(page)
    expect(page.locator("#desk > div[hidden] article")).to_have_count(2)
    page.route("**/decide/", lambda route: route.abort())
    for n, key in enumerate("a3a", 1):
        expect(title(page)).to_have_text(f"Bau {n}")
        page.keyboard.press(key)
    expect(page.locator("#desk-notices")).to_contain_text("Not sent yet: 3 decisions")
    page.on("dialog", lambda dialog: dialog.accept())
    page.reload()
    expect(page.locator("#desk-notices")).to_contain_text("Not sent yet: 3 decisions")
    assert [state(one) for one in rows] == [State.QUEUED] * 3
    page.unroute("**/decide/")
    page.get_by_role("button", name="Try now").first.click()
    eventually(lambda: Decision.objects.count() == 3, seconds=15)
    expect(page.locator("#desk-notices li")).to_have_count(0)
    made = Decision.objects.order_by("decided_at").values_list("submission_id", flat=True)
    assert list(made) == [one.id for one in rows]
    assert [state(one) for one in rows] == [State.APPROVED, State.REJECTED, State.APPROVED]
    kept = "Object.keys(localStorage).filter((key) => key.startsWith('desk-unsent'))"
    eventually(lambda: page.evaluate(kept) == [])


def test_what_was_not_taken_is_said_until_it_is_read(waiting, at_desk, make_user):
    one = waiting(1, title="Erste")
    waiting(2, title="Zweite")
    page = at_desk()
    ahead(page)
    page.context.set_offline(True)
    page.keyboard.press("a")
    expect(page.locator("#desk-notices")).to_contain_text("Not sent yet: Approved: Erste.")
    # Its lease ran out meanwhile, and somebody else has it.
    Claim.objects.filter(submission=one).update(moderator=make_user("moderator", "max"))
    page.context.set_offline(False)
    expect(page.locator("#desk-notices")).to_contain_text("Not counted: Approved: Erste.")
    assert state(one) == State.QUEUED
    page.reload()
    expect(page.locator("#desk-notices")).to_contain_text("Not counted: Approved: Erste.")
    page.get_by_role("button", name="All right").click()
    page.reload()
    expect(page.locator("#desk-place article")).to_be_visible()
    expect(page.locator("#desk-notices li")).to_have_count(0)
