"""A morning: every creation gets one theme, one draft and its likes, whatever is killed meanwhile."""

import random
import uuid
from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest

from engagement.characters.holding_out import held_out
from engagement.characters.models import Draft, Like, OptOut
from engagement.creations.actions import withdraw
from engagement.creations.models import Creation
from engagement.daily import actions
from engagement.daily.actions import Guess
from engagement.daily.models import CreationTheme, DailyRun, Shard

pytestmark = pytest.mark.django_db
YESTERDAY = date(2026, 5, 20)
MORNING = datetime(2026, 5, 21, 4, 30, tzinfo=UTC)  # half past six in Copenhagen


@pytest.fixture
def published(calling_app):
    """published(250): so many creations of yesterday in Denmark, of authors who are not held out."""

    def published(count: int, market: str = "DK", at: datetime = datetime(2026, 5, 20, 12, tzinfo=UTC)):
        rows, n = [], 0
        while len(rows) < count:
            n += 1
            if held_out(calling_app.pk, f"a{n}"):
                continue
            rows.append(
                Creation(
                    app=calling_app,
                    external_id=uuid.uuid4().hex,
                    content_digest="",
                    title=("Dragon" if n % 3 else "Thing"),
                    market=market,
                    language="da",
                    author=f"a{n}",
                    published_at=at,
                )
            )
        return Creation.objects.bulk_create(rows)

    return published


def guess(rows):
    return [Guess("castle", "Castle", 0.9, "t1") if row.title == "Dragon" else Guess("", "", 0.3, "t1") for row in rows]


def test_a_run_begins_when_it_is_morning_there(published):
    published(1)
    published(1, market="US", at=datetime(2026, 5, 20, 16, tzinfo=UTC))
    assert actions.due(datetime(2026, 5, 21, 3, 30, tzinfo=UTC)) == []
    assert actions.due(MORNING) == [(YESTERDAY, "DK")]
    actions.begin(YESTERDAY, "DK")
    assert actions.due(MORNING) == []
    assert actions.due(datetime(2026, 5, 21, 10, 30, tzinfo=UTC)) == [(YESTERDAY, "US")]


def test_a_day_is_the_markets_own(published):
    published(1, at=datetime(2026, 5, 20, 22, 30, tzinfo=UTC))  # half past midnight, on the 21st
    assert actions.due(MORNING) == []
    assert actions.due(MORNING + timedelta(days=1)) == [(date(2026, 5, 21), "DK")]


def test_each_creation_gets_one_theme_and_one_draft(published):
    published(230)
    run = actions.begin(YESTERDAY, "DK")
    assert actions.begin(YESTERDAY, "DK") == run
    shards = actions.open_shards()
    assert len(shards) == 3
    for id in shards:
        assert actions.do_shard(id, guess, MORNING)
        assert not actions.do_shard(id, guess, MORNING)
    run.refresh_from_db()
    assert (run.state, run.creations) == ("done", 230)
    assert CreationTheme.objects.count() == Draft.objects.count() == 230
    assert Draft.objects.filter(theme="castle", text__contains="Castle").exists()
    assert run.likes == Like.objects.count() > 300
    sums = Counter()
    for shard in run.shards.all():
        sums.update(shard.counts)
    assert (sums["themed"] + sums["without"], sums["drafts"], sums["gone"]) == (230, 230, 0)


class Killed(BaseException):
    """As a process that ends here and now."""


def test_killed_at_random_twenty_times_nothing_is_doubled_or_lost(published, monkeypatch):
    published(120)
    monkeypatch.setattr(actions, "SIZE", 10)
    draw, now = random.Random(7), MORNING
    actions.begin(YESTERDAY, "DK")
    kills = 0

    def killing(place):
        def killed(*args, **kwargs):
            nonlocal kills
            if kills < 20 and draw.random() < 0.6:
                kills += 1
                raise Killed
            return place(*args, **kwargs)

        return killed

    for name in ("_themes", "_drafts", "plan_likes"):
        monkeypatch.setattr(actions, name, killing(getattr(actions, name)))
    monkeypatch.setattr(actions, "TRIES", 99)
    while DailyRun.objects.filter(state="running").exists():
        now += actions.LEASE + timedelta(seconds=1)  # the dead one's lease has run out
        todo = actions.open_shards(now)
        for id in todo:
            try:
                actions.do_shard(id, guess, now)
            except Killed:
                continue
        if not todo:
            try:
                actions.end(DailyRun.objects.get(), now)
            except Killed:
                continue
    assert kills == 20
    assert CreationTheme.objects.count() == Draft.objects.count() == 120
    assert max(Counter(Like.objects.values_list("creation", "character")).values()) == 1
    assert max(Counter(Like.objects.values_list("creation", flat=True)).values()) <= 2


def test_what_is_withdrawn_meanwhile_gets_nothing(published):
    rows = published(10)
    actions.begin(YESTERDAY, "DK")

    def slow(wanted):
        withdraw(rows[3])
        return guess(wanted)

    withdraw(rows[0])
    (id,) = actions.open_shards()
    actions.do_shard(id, slow, MORNING)
    assert CreationTheme.objects.count() == Draft.objects.count() == 8
    assert Shard.objects.get().counts["gone"] == 1


def test_no_draft_and_no_like_for_who_opted_out_or_is_held_out(published, calling_app, settings):
    first = published(2)[0]
    OptOut.objects.create(app=calling_app, author=first.author)
    settings.HOLD_OUT_PERCENT = 5
    run = actions.begin(YESTERDAY, "DK")
    (id,) = actions.open_shards()
    actions.do_shard(id, guess, MORNING)
    assert Draft.objects.count() == 1
    assert not Like.objects.filter(creation=first).exists()
    assert CreationTheme.objects.filter(creation__in=Creation.objects.all()).count() == 2
    assert run.shards.get().counts["drafts"] == 1


def test_one_in_twenty_is_held_out():
    share = sum(held_out(1, f"author {n}") for n in range(20_000)) / 20_000
    assert 0.045 < share < 0.055  # 5 %, three standard deviations to either side


def test_a_shard_that_always_fails_is_set_aside(published):
    published(3)
    actions.begin(YESTERDAY, "DK")

    def broken(rows):
        raise RuntimeError("no model")

    (id,) = actions.open_shards()
    for _ in range(actions.TRIES):
        with pytest.raises(RuntimeError):
            actions.do_shard(id, broken)
    assert actions.do_shard(id, broken)
    assert Shard.objects.get().counts == {"gone": 0, "failed": 3}
    assert DailyRun.objects.get().state == "done"
