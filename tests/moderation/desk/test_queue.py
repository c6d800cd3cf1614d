"""The table of what waits."""

from datetime import timedelta
from html import unescape
from re import findall, search

import pytest
from django.db import connection
from django.utils import timezone

from moderation.desk.actions import claim_next
from moderation.desk.models import Claim
from moderation.desk.queue import COUNT_TO, PAGE, URGENT, candidates, counts, submissions
from moderation.intake.models import Submission

pytestmark = pytest.mark.django_db


def opened(html: str) -> list[str]:
    return findall(r'id="open-([0-9a-f-]{36})"', html)


def test_rows_stand_in_the_order_of_their_due_times(waiting, lead, logged_in):
    rows = [waiting(n) for n in (5, -2, 9)]
    html = logged_in(lead).get("/desk/queue/").content.decode()
    assert opened(html) == [str(rows[n].id) for n in (1, 0, 2)]
    assert "late" in html


def test_every_row_is_on_one_page(waiting, lead, logged_in):
    due = timezone.now()
    for n in range(PAGE + 7):
        waiting(review_due_at=due if n % 2 else due + timedelta(seconds=n))
    person, seen, url = logged_in(lead), [], "/desk/queue/"
    while url:
        html = person.get(url).content.decode()
        seen += opened(html)
        more = search(r'href="([^"]*)">Less due', html)
        url = unescape(more[1]) if more else ""
    assert len(seen) == len(set(seen)) == PAGE + 7


@pytest.mark.parametrize("cursor", ["x", "2026-01-01,x", ",", "2026-01-01T00:00:00,4", "2026-99-99T00:00:00+00:00,4"])
def test_a_cursor_that_cannot_be_read_begins_at_the_top(waiting, lead, logged_in, cursor):
    one = waiting()
    assert opened(logged_in(lead).get("/desk/queue/", {"after": cursor}).content.decode()) == [str(one.id)]


def test_it_says_who_holds_what_until_the_lease_runs_out(waiting, moderator, lead, logged_in):
    waiting()
    moderator.first_name, moderator.last_name = "Mia", "Holm"
    moderator.save(update_fields=["first_name", "last_name"])
    claim_next(moderator)
    assert "Mia Holm" in logged_in(lead).get("/desk/queue/").content.decode()
    Claim.objects.update(leased_until=timezone.now() - timedelta(seconds=1))
    assert "Mia Holm" not in logged_in(lead).get("/desk/queue/").content.decode()


def test_it_says_why_and_what(waiting, lead, logged_in):
    waiting(pictures=2, found=[("image:0", "face", "flag", "face", []), ("image:1", "face", "error", "", [])])
    html = unescape(logged_in(lead).get("/desk/queue/").content.decode())
    assert "face failed, A real person's face?" in html
    assert "2 pictures, text" in html


def test_the_refreshed_part_is_the_same_as_the_first(waiting, lead, logged_in):
    one = waiting()
    part = logged_in(lead).get("/desk/queue/", {"rows": ""}).content.decode()
    assert opened(part) == [str(one.id)]
    assert "<html" not in part


def test_the_queries_do_not_grow(waiting, lead, logged_in, django_assert_max_num_queries):
    person = logged_in(lead)
    for n in range(30):
        waiting(n, pictures=2, found=[("title", "profanity", "flag", "rude", [])])
    claim_next(lead)
    with django_assert_max_num_queries(12):
        person.get("/desk/queue/")


def test_counters(waiting):
    waiting(-1), waiting(3), waiting(14)
    found = counts()
    assert (found.waiting, found.late, found.oldest_minutes, found.many) == (3, 1, 16, False)


def test_counting_stops(waiting, calling_app):
    one = waiting()
    copies = [
        Submission(app=calling_app, external_id=str(n), author="a", market="DK", language="da", state="queued",
                   review_due_at=one.review_due_at)
        for n in range(COUNT_TO + 5)
    ]  # fmt: skip
    Submission.objects.bulk_create(copies)
    assert counts().waiting == COUNT_TO
    assert counts().many


def test_the_partial_indexes_are_used(waiting, moderator):
    """What waits is found by its own small index, however many were decided."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")  # a table of one row is read whole otherwise
    waiting()
    free = submissions().free_for(moderator, timezone.now())
    for rows in (free[:10], submissions().page()[:10]):
        assert "submission_waiting" in rows.explain()
    assert "submission_urgent" in free.filter(priority=URGENT)[:10].explain()


def test_candidates_are_few(waiting, moderator):
    for n in range(3):
        waiting(n)
    assert len(candidates(moderator, timezone.now())) == 3
