"""A day, done by the command and by the task, with the models that are served."""

import uuid
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from engagement.characters.models import Draft, Like
from engagement.creations.models import Creation
from engagement.daily.models import CreationTheme, DailyRun

pytestmark = [pytest.mark.django_db, pytest.mark.models]


@pytest.fixture
def yesterday(models, calling_app, settings):
    settings.HOLD_OUT_PERCENT = 0
    at = timezone.now().replace(hour=12, minute=0) - timedelta(days=1)

    def creation(title: str, market: str = "DE", **fields) -> Creation:
        given = {"language": "en", "author": uuid.uuid4().hex, "published_at": at, "content_digest": ""}
        given |= {"external_id": uuid.uuid4().hex, "title": title, "market": market}
        return Creation.objects.create(app=calling_app, **(given | fields))

    return creation


def test_a_day_from_command_to_drafts(yesterday, capsys):
    rows = {
        "star-wars": yesterday("My X-wing with Luke Skywalker", market="DK"),
        "harry-potter": yesterday("Hogwarts and the sorting hat", hashtags=["harrypotter"]),
        "": yesterday("qwrtz 17"),
    }
    call_command("daily_run")
    themes = {row.creation_id: row for row in CreationTheme.objects.all()}
    for slug, row in rows.items():
        assert themes[row.id].slug == slug, themes[row.id]
    assert themes[rows["star-wars"].id].name in Draft.objects.get(creation=rows["star-wars"]).text
    assert Draft.objects.filter(state="draft").count() == 3
    assert Like.objects.count() == sum(DailyRun.objects.values_list("likes", flat=True))
    assert set(DailyRun.objects.values_list("market", "state")) == {("DK", "done"), ("DE", "done")}
    assert "3 creations in 2 markets" in capsys.readouterr().out
    call_command("daily_run")
    assert Draft.objects.count() == CreationTheme.objects.count() == 3


def test_the_task_does_what_is_open(yesterday, monkeypatch):
    from engagement.daily import actions, tasks

    monkeypatch.setattr(tasks, "close_old_connections", lambda: None)
    row = yesterday("A ninja dragon for Kai and Nya", hashtags=["ninjago"])
    actions.begin(row.published_at.date(), "DE")
    assert tasks.work() == 1
    assert tasks.work() == 0
    assert CreationTheme.objects.get().slug == "ninjago"


@pytest.mark.parametrize("day", ["tomorrow", "2999-01-01"])
def test_a_day_that_is_none_or_not_over(day, db):
    with pytest.raises(CommandError):
        call_command("daily_run", "--date", day)
