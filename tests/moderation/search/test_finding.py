"""What is found by what, by whom, and in as many queries however much."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from moderation.desk.actions import claim_next, decide
from moderation.intake.models import Part, State, Submission
from moderation.prefilter.models import Finding
from moderation.search import finding, text_index
from moderation.search.asked import Cursor
from moderation.search.bounded import TooLong, bounded
from moderation.search.finding import ORDER, asked_for, open_to, page
from moderation.search.forms import SearchForm

pytestmark = pytest.mark.django_db

RUDE = [("title", "profanity", "reject", "rude", [])]


def said(**given):
    form = SearchForm(given)
    assert form.is_valid(), form.sentences()
    return form.cleaned_data


def found(user, **given):
    return [one.external_id for one in page(user, said(**given))]


@pytest.fixture
def three(waiting, calling_app, other_app, moderator):
    """One rude in Danish, one rejected in German of another app, one calm, in the order in which they came."""
    rude = waiting(9, title="Dragon Castle", found=RUDE, external_id="one", author="fox-1")
    rejected = waiting(2, title="Grüne Burg", external_id="two", market="DE", language="de-AT", author="ox")
    Submission.objects.filter(id=rejected.id).update(app=other_app)
    calm = waiting(7, title="Racer", text="Fast as a dragonfly", external_id="three", author="fox-1")
    assert claim_next(moderator) == rejected  # the most due
    decide(moderator, rejected, "reject", ["rude", "advert"])
    return {"one": rude, "two": rejected, "three": calm}


@pytest.mark.parametrize(
    ("given", "whose"),
    [
        ({}, {"one", "two", "three"}),
        ({"words": "DRAG"}, {"one", "three"}),
        ({"words": "drag castle"}, {"one"}),
        ({"words": "GRÜNE"}, {"two"}),
        ({"words": "agon"}, set()),
        ({"id": "two"}, {"two"}),
        ({"author": "fox-1"}, {"one", "three"}),
        ({"author": "fox-1", "app": "stud-world"}, set()),
        ({"app": "stud-world"}, {"two"}),
        ({"state": "queued"}, {"one", "three"}),
        ({"by": "moderator"}, {"two"}),
        ({"reason": "advert"}, {"two"}),
        ({"reason": "face"}, set()),
        ({"detector": "profanity", "verdict": "reject"}, {"one"}),
        ({"suspected": "rude"}, {"one"}),
        ({"market": "de"}, {"two"}),
        ({"language": "de"}, {"two"}),
        ({"since": "2020-01-01", "until": "2020-01-02"}, set()),
    ],
)
def test_each_field(three, moderator, given, whose):
    assert set(found(moderator, **given)) == whose


def test_by_our_own_id(three, moderator):
    assert found(moderator, id=str(three["one"].id)) == ["one"]


def test_what_is_withdrawn_or_hidden_is_not_found(three, moderator, lead):
    from moderation.queues.models import Queue

    Queue.objects.update_or_create(slug="leads", defaults={"name": "Leads", "leads": True})
    Submission.objects.filter(id=three["one"].id).update(queue="leads")
    Submission.objects.filter(id=three["three"].id).update(state=State.WITHDRAWN)
    assert found(moderator) == ["two"]
    assert set(found(lead)) == {"one", "two"}


def test_pages_have_every_row_once(waiting, moderator):
    made = {waiting(5, external_id=str(n)).external_id for n in range(7)}
    same = timezone.now() - timedelta(minutes=3)
    Submission.objects.filter(external_id__in=["1", "2", "3", "4"]).update(received_at=same)
    seen, after = [], None
    for _ in range(4):
        rows = page(moderator, said(), after, size=2)
        seen += [one.external_id for one in rows[:2]]
        after = Cursor.read(str(Cursor(rows[:2][-1].received_at, rows[:2][-1].id)))
    assert sorted(seen) == sorted(made)


def test_the_queries_do_not_grow(waiting, moderator, django_assert_num_queries):
    moderator.has_perm("desk.lead")  # a request's user knows by then
    for n in range(2):
        waiting(5, pictures=1, found=RUDE, title=f"castle {n}")
    with django_assert_num_queries(7):  # the form twice; hidden queues; words; rows; parts; findings
        assert len(page(moderator, said(words="castle"))) == 2
    for n in range(8):
        waiting(5, pictures=1, found=RUDE, title=f"castle {n}")
    with django_assert_num_queries(7):
        assert len(page(moderator, said(words="castle"))) == 10


def test_a_changed_text_is_found_by_its_new_words(three, moderator):
    part = Part.objects.get(submission=three["one"], role="title")
    part.text = "Harbour"
    part.save(update_fields=["text"])
    assert found(moderator, words="castle") == []
    assert found(moderator, words="harbour") == ["one"]
    Part.objects.filter(submission=three["one"]).delete()
    assert found(moderator, words="harbour") == []


@pytest.mark.skipif("connection.vendor != 'sqlite'", reason="PostgreSQL's index is always up")
def test_the_index_takes_in_what_came_while_nobody_watched(waiting, moderator):
    text_index.take_down()
    waiting(title="Lighthouse", external_id="late")
    text_index.put_up()
    assert found(moderator, words="light") == ["late"]


@pytest.mark.skipif("connection.vendor != 'sqlite'", reason="PostgreSQL's index holds no deleted rows after a vacuum")
def test_words_of_what_was_deleted_do_not_stay_in_the_index(waiting):
    one = waiting(title="Xylophone")
    one.delete()
    text_index.forget_deleted()
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT block FROM {text_index.WORDS}_data")
        assert not any(b"xylophone" in bytes(block) for (block,) in cursor.fetchall())


def _among_others(one):
    """Three thousand beside it, by as many authors, each with a text in which nothing was found, all counted:
    among three rows each index is as good as any other."""
    part = one.parts.filter(kind="text").first()
    found_in_it = Finding.every.filter(part=part).first()
    fresh = "gen_random_uuid()"
    other = {"id": fresh, "trail": fresh, "external_id": "'x' || n", "author": "'y' || n"}
    new = "intake_submission o WHERE o.external_id LIKE 'x%%'"
    _copy(Submission, one, other, "generate_series(1, 3000) n")
    _copy(Part, part, {"id": fresh, "submission_id": "o.id", "text": "'calm'"}, new)
    parts = "intake_part o WHERE o.text = 'calm'"
    _copy(Finding, found_in_it, {"part_id": "o.id", "verdict": "'pass'", "reason": "''"}, parts)


def _copy(model, row, other, beside):
    """A copy of `row` for each row of `beside`, with `other` instead of its own values."""
    fields = [field for field in model._meta.concrete_fields if field.attname != "id" or "id" in other]
    columns = [field.column for field in fields]
    table = model._meta.db_table
    values = ", ".join(other.get(column, f"s.{column}") for column in columns)
    where, _, condition = beside.partition(" WHERE ")
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} ({', '.join(columns)}) SELECT {values} FROM {table} s, {where}"
            f" WHERE s.id = %s AND {condition or 'true'}",
            [row.id],
        )
        cursor.execute(f"ANALYZE {table}")


@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="asks PostgreSQL for its plan")
@pytest.mark.parametrize(
    ("given", "index"),
    [
        ({"words": "castle"}, "search_words"),
        ({"reason": "rude"}, "search_reasons"),
        ({"author": "fox-1"}, "submission_author"),
        ({"detector": "profanity", "verdict": "reject"}, "finding_not_pass"),
    ],
)
def test_the_index_is_there_for_it(three, moderator, given, index):
    """Among few rows PostgreSQL would read them all; forbidden to, it shows which index could answer."""
    _among_others(three["one"])
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SET LOCAL enable_indexscan = off")
    with CaptureQueriesContext(connection) as asked:
        list(asked_for(open_to(moderator), said(**given)))
    with connection.cursor() as cursor:
        plans = []
        for query in asked.captured_queries:
            cursor.execute(f"EXPLAIN {query['sql']}")
            plans += [line for (line,) in cursor.fetchall()]
    assert any(index in line for line in plans)


@pytest.mark.parametrize(
    "given", [{"words": "drag"}, {"suspected": "rude"}, {"reason": "advert"}, {"detector": "profanity"}]
)
def test_what_many_have_is_found_like_what_few_have(three, moderator, monkeypatch, given):
    few = set(found(moderator, **given))
    monkeypatch.setattr(finding, "FEW", 0)
    monkeypatch.setattr(text_index, "FEW", 0)
    assert set(found(moderator, **given)) == few != set()


@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="asks PostgreSQL for its plan")
def test_the_newest_need_no_sorting(three, moderator):
    _among_others(three["one"])
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    plan = asked_for(open_to(moderator), said()).order_by(*ORDER)[:51].explain()
    assert "submission_by_time" in plan
    assert "Sort" not in plan


def test_what_takes_too_long_is_stopped():
    slow = (
        "SELECT pg_sleep(20)"
        if connection.vendor == "postgresql"
        else "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n"
    )
    with pytest.raises(TooLong), bounded(0.1), connection.cursor() as cursor:
        cursor.execute(slow)
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        assert cursor.fetchone() == (1,)
