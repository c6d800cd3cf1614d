"""What is measured of creations in the database, and what the page says of it."""

import uuid
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from engagement.characters.holding_out import held_out
from engagement.creations.models import Creation
from engagement.value.measuring import measure
from engagement.value.models import Measured
from engagement.value.views import verdict

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 6, 20, 12, tzinfo=UTC)


@pytest.fixture
def history(calling_app, settings):
    """history(lift): 800 authors who built first 30 days ago; those who may hear come back `lift` more often."""
    settings.HOLD_OUT_PERCENT = 30

    def history(lift: float) -> None:
        rng, rows = np.random.default_rng(5), []

        def built(author, days, market):
            rows.append(
                Creation(
                    app=calling_app,
                    external_id=uuid.uuid4().hex,
                    content_digest="",
                    market=market,
                    language="da",
                    author=author,
                    published_at=NOW - timedelta(days=days),
                )
            )

        for n in range(800):
            author, market = f"a{n}", "DK" if n % 2 else "SE"
            built(author, 30, market)
            if n % 3 == 0:
                built(author, 50, market)  # before the window
            if rng.random() < 0.2 + lift * (not held_out(calling_app.pk, author)):
                built(author, 25, market)
                built(author, 24, market)
            if n % 5 == 0:
                built(author, 10, market)  # too late to count as coming back
        Creation.objects.bulk_create(rows)

    return history


def test_an_effect_is_found_in_all_and_in_each_slice(history):
    history(0.6)
    data = measure(NOW).data
    assert data["authors"] == 800
    assert 150 < data["held"] < 330
    rows = data["outcomes"]["came back"]
    everybody = rows[0]
    assert everybody["low"] > 0.3
    assert everybody["held"] == pytest.approx(0.2, abs=0.09)
    assert {row["name"] for row in rows if row["kind"] == "market"} == {"Denmark", "Sweden"}
    assert sum(row["n_heard"] + row["n_held"] for row in rows if row["kind"] == "character") == 800
    assert all(row["name"] == "no theme" for row in rows if row["kind"] == "theme")
    assert data["outcomes"]["days"][0]["heard"] == pytest.approx(2 * everybody["heard"])
    assert "build more" in verdict(everybody, "came back")


def test_without_an_effect_nothing_is_claimed(history):
    history(0.0)
    (row, *_) = measure(NOW).data["outcomes"]["came back"]
    assert row["low"] < 0 < row["high"]
    assert "cannot be told yet" in verdict(row, "came back")


def test_measured_twice_a_day_is_one_row(history):
    history(0.1)
    measure(NOW)
    measure(NOW)
    assert Measured.objects.count() == 1


@pytest.mark.parametrize("outcome", ["came back", "days", "nonsense"])
def test_the_page_says_it(history, lead, logged_in, outcome):
    client = logged_in(lead)
    assert "Not measured yet" in client.get("/value/").content.decode()
    history(0.6)
    measure(NOW)
    html = client.get("/value/", {"outcome": outcome}).content.decode()
    assert "build more" in html
    assert "Denmark" in html


def test_nobody_there_yet(db, lead, logged_in):
    measure(NOW)
    assert "Too few authors to tell" in logged_in(lead).get("/value/").content.decode()


def test_a_moderator_does_not_see_it(moderator, logged_in):
    assert logged_in(moderator).get("/value/").status_code == 403
