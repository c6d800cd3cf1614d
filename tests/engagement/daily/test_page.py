"""The page of the daily runs."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from engagement.daily.models import DailyRun, RunState, Shard

pytestmark = pytest.mark.django_db


def test_how_far_how_fast_and_until_when(moderator, logged_in):
    now = timezone.now()
    run = DailyRun.objects.create(day=now.date(), market="DK", creations=1000, started_at=now - timedelta(minutes=5))
    for n in range(10):
        done = now if n < 5 else None
        Shard.objects.create(run=run, number=n, creations=[], done_at=done)
    client = logged_in(moderator)
    html = client.get("/daily/").content.decode()
    assert "500 of 1,000" in html.replace("\u202f", ",")
    assert re.search(r'<td class="number">(9\d|100)</td>', html)  # a moment has passed since
    assert "about " in html
    assert 'hx-trigger="every 5s"' in html
    DailyRun.objects.update(state=RunState.DONE, ended_at=now)
    html = client.get("/daily/").content.decode()
    assert "hx-trigger" not in html
    part = client.get("/daily/", headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in part
    assert "Denmark" in part


def test_the_newest_day_stands_first(moderator, logged_in):
    today = timezone.now().date()
    for n in (3, 1, 2):
        DailyRun.objects.create(day=today - timedelta(days=n), market="DK", state=RunState.DONE)
    html = logged_in(moderator).get("/daily/").content.decode()
    days = re.findall(r'<td class="figure">(\d+ \w+ \d{4})</td>', html)
    assert days == [f"{day.day} {day:%b %Y}" for day in (today - timedelta(days=n) for n in (1, 2, 3))]


def test_nothing_ran_yet(moderator, outsider, logged_in):
    assert "No run yet" in logged_in(moderator).get("/daily/").content.decode()
    assert logged_in(outsider).get("/daily/").status_code == 403
