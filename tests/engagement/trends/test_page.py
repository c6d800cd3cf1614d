"""The page of themes over time: counted by day, filtered by its address, quick however many creations there are."""

import uuid
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from engagement.characters.models import Character, Draft
from engagement.creations.models import Creation
from engagement.daily.models import CreationTheme, ThemeCorrection
from engagement.trends.counting import roll_up
from engagement.trends.models import RollUp, ThemeDay

pytestmark = pytest.mark.django_db


@pytest.fixture
def creation(calling_app):
    def creation(slug: str, days_ago: int = 1, market: str = "DK") -> Creation:
        row = Creation.objects.create(
            app=calling_app,
            external_id=uuid.uuid4().hex,
            market=market,
            language="da",
            author="mo",
            published_at=datetime.combine(timezone.now().date(), datetime.min.time(), UTC)
            + timedelta(hours=12)
            - timedelta(days=days_ago),
        )
        CreationTheme.objects.create(creation=row, slug=slug, name=slug.title(), chance=0.9, version="text 1")
        return row

    return creation


@pytest.fixture
def weeks(creation):
    """Six weeks: ten of each a day, and four times as many ninjas in the last."""
    for day in range(1, 43):
        for slug, n in (("city", 3), ("ninjago", 12 if day <= 7 else 3), ("", 1)):
            for k in range(n):
                creation(slug, day, "DK" if k % 2 else "DE")


def test_days_are_counted_and_counted_anew(creation):
    first = creation("city")
    creation("city", market="DE")
    creation("", days_ago=200)
    roll_up()
    assert {(row.market, row.slug, row.creations) for row in ThemeDay.objects.all()} == {
        ("DK", "city", 1),
        ("DE", "city", 1),
        ("DK", "", 1),
    }
    first.delete()
    creation("city", days_ago=100)
    assert roll_up().since is not None  # the last days only
    assert ThemeDay.objects.filter(market="DK", slug="city").count() == 0
    assert roll_up(whole=True).creations == 3
    assert ThemeDay.objects.filter(market="DK", slug="city").count() == 1


def test_what_rises_is_said_in_words(weeks, moderator, logged_in):
    roll_up()
    html = logged_in(moderator).get("/engagement/").content.decode()
    assert "Ninjago is rising" in html
    csv = logged_in(moderator).get("/engagement/tables/trending.csv").content.decode().splitlines()
    assert csv[1].startswith("Ninjago,rising,84,")


def test_the_address_says_what_is_shown(weeks, creation, moderator, logged_in):
    roll_up()
    client = logged_in(moderator)
    html = client.get("/engagement/?market=DE&days=14&show=counts").content.decode()
    assert "?market=DE&amp;days=14&amp;show=counts" in html  # the files' addresses are those of the page
    table = client.get("/engagement/tables/over-time.csv?market=DE&days=14&show=counts").content.decode()
    rows = [line.split(",") for line in table.splitlines()]
    assert len(rows) == 15
    all_ = client.get("/engagement/tables/over-time.csv?days=14").content.decode().splitlines()
    assert int(rows[2][1]) < int(all_[2].split(",")[1])
    assert client.get("/engagement/?market=%27&days=no").status_code == 200
    assert client.get("/engagement/tables/nothing.csv").status_code == 404


def test_corrections_and_the_queue(creation, moderator, logged_in):
    bo = Character.objects.get(slug="bo")
    for n in range(20):
        row = creation("city" if n else "friends")
        state = {"state": "dropped", "dropped_by": moderator, "dropped_at": timezone.now()} if n < 12 else {}
        Draft.objects.create(creation=row, character=bo, language="da", text="Flot!", theme="city", **state)
    ThemeCorrection.objects.create(
        creation=Creation.objects.get(theme__slug="friends"),
        guessed="city", chance=0.8, version="text 1", said="friends", by=moderator,
    )  # fmt: skip
    roll_up()
    client = logged_in(moderator)
    confused = client.get("/engagement/tables/confusion.csv").content.decode().splitlines()[1].split(",")
    assert confused[:5] == ["City", "Friends", "1", "12", "8.3"]
    assert "under 6 hours,8" in client.get("/engagement/tables/queue.csv").content.decode()


def test_queries_do_not_grow_with_creations(creation, moderator, logged_in, django_assert_max_num_queries):
    client = logged_in(moderator)
    assert "Not counted yet" in client.get("/engagement/").content.decode()
    creation("city")
    roll_up()
    for _ in range(30):
        creation("city")
    roll_up()
    assert RollUp.objects.count() == 2
    with django_assert_max_num_queries(25) as few:
        client.get("/engagement/")
    reads = [query["sql"] for query in few.captured_queries if 'FROM "creations_creation"' in query["sql"]]
    assert not reads


def test_who_may_not_sees_nothing(outsider, ml_engineer, logged_in):
    assert logged_in(outsider).get("/engagement/").status_code == 403
    assert logged_in(ml_engineer).get("/engagement/").status_code == 200
