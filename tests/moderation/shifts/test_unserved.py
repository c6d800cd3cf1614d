"""What waits where nobody on shift can take it."""

import pytest

from moderation.desk.models import Claim
from moderation.queues.models import Queue
from moderation.shifts.unserved import read, unserved
from tests import submissions

pytestmark = pytest.mark.django_db


@pytest.fixture
def on_shift(calling_app):
    """on_shift(user): they have something before them."""

    def on_shift(user):
        held = submissions.waiting(calling_app, language="en", queue="")
        Claim.objects.create(submission=held, moderator=user, leased_until=held.review_due_at)

    return on_shift


def told():
    return [(one.queue, one.n, one.lacks, one.word) for one in unserved()]


def test_nothing_waits_and_nobody_is_needed(db):
    assert told() == []


def test_with_nobody_there_everything_is(calling_app):
    submissions.waiting(calling_app)
    assert told() == [("General", 1, "anybody", "")]


def test_a_skill_a_lead_and_a_language(calling_app, on_shift, make_user):
    Queue.objects.create(slug="ads", name="Adverts", skill="ads", position=1)
    Queue.objects.update_or_create(slug="leads", defaults={"name": "Leads", "leads": True})
    on_shift(make_user("moderator", "mia", languages=["en", "da"]))
    for queue, language in (("ads", "en"), ("ads", "en"), ("leads", "en"), ("", "pl-PL"), ("", "da-DK")):
        submissions.waiting(calling_app, queue=queue, language=language)
    assert told() == [("Adverts", 2, "skill", "ads"), ("General", 1, "language", "pl"), ("Leads", 1, "lead", "")]
    [gauge] = read()
    assert gauge.value == 4
    on_shift(make_user("lead", "lea", skills=["Ads"]))
    assert told() == []  # she names no language: she reads all


def test_the_leads_page_says_so(calling_app, on_shift, moderator, lead, logged_in):
    Queue.objects.create(slug="ads", name="Adverts", skill="ads", position=1)
    on_shift(moderator)
    submissions.waiting(calling_app, queue="ads")
    assert "nobody on shift has the skill “ads”" in logged_in(lead).get("/shifts/").content.decode()
