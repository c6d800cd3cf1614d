"""The page: bad input answers in words, what is kept, what is taken out."""

import csv
import io

import pytest
from django.urls import reverse

from brickmod.access.models import AuditEvent
from moderation.search.models import SavedView

pytestmark = pytest.mark.django_db
PAGE = "/search/"


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("market=Q9", "is no market"),
        ("language=12", "is no language"),
        ("since=yesterday", "A time is written"),
        ("since=2026-02-02&until=2026-01-01", "must be earlier"),
        ("words=%21", "two letters"),
        ("state=withdrawn", "none of what can be chosen"),
        ("like=nothing", "UUID"),
    ],
)
def test_bad_input_answers_with_a_sentence(logged_in, moderator, query, says):
    answer = logged_in(moderator).get(f"{PAGE}?{query}")
    assert answer.status_code == 400
    assert says in answer.content.decode()


def test_rows_link_to_what_they_show(logged_in, moderator, waiting):
    one = waiting(title="Dragon", pictures=1, found=[("title", "profanity", "flag", "rude", [])])
    page = logged_in(moderator).get(f"{PAGE}?words=dragon&after=nonsense").content.decode()
    assert reverse("desk-submission", args=[one.id]) in page
    assert 'class="veil ' in page
    assert f"?like={one.id}" in page
    assert ".csv" not in page  # who takes children's words out of here leads


def test_who_may_not_see_the_queue_finds_nothing(logged_in, outsider, ml_engineer, client):
    assert logged_in(outsider).get(PAGE).status_code == 403
    assert logged_in(ml_engineer).get(PAGE).status_code == 403
    assert client.get(PAGE).status_code == 302


def test_the_table_runs_nothing_and_is_told(logged_in, lead, moderator, waiting):
    waiting(title="=cmd|' /C calc'!A0", author="+fox")
    assert logged_in(moderator).get(reverse("search-export")).status_code == 403
    answer = logged_in(lead).get(reverse("search-export"), {"words": "calc"})
    [row] = csv.DictReader(io.StringIO(answer.content.decode()))
    assert (row["title"], row["author"]) == ("'=cmd|' /C calc'!A0", "'+fox")
    event = AuditEvent.objects.get(verb="export")
    assert event.new == {"rows": 1, "fields": ["words"]}


def test_a_kept_search_is_ones_own_and_a_shared_one_everybodys(logged_in, moderator, second_moderator, lead):
    mine, theirs, leads = logged_in(moderator), logged_in(second_moderator), logged_in(lead)
    mine.post(reverse("search-keep"), {"name": "Castles", "query": "words=castle&state=queued&evil=1"})
    leads.post(reverse("search-keep"), {"name": "Adverts", "query": "reason=advert", "shared": "1"})
    assert mine.post(reverse("search-keep"), {"name": "No", "query": "words=x", "shared": "1"}).status_code == 403
    assert SavedView.objects.get(name="Castles").query == "words=castle&state=queued"
    assert "Castles" in mine.get(PAGE).content.decode()
    page = theirs.get(PAGE).content.decode()
    assert "Castles" not in page
    assert "?reason=advert" in page
    for one in SavedView.objects.all():
        theirs.post(reverse("search-forget", args=[one.id]))
    assert SavedView.objects.count() == 2
    mine.post(reverse("search-forget", args=[SavedView.objects.get(name="Castles").id]))
    assert [one.name for one in SavedView.objects.all()] == ["Adverts"]
