"""The plan of likes: fair, spread, never too much of it."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from brickmod.outbox.models import Event
from engagement.characters import actions
from engagement.characters.likes import AUTHOR_A_DAY, EACH, Liked, Liker, gini, plan
from engagement.characters.models import Like

DAY = date(2026, 5, 20)
CAST = [Liker("a"), Liker("b"), Liker("c", wakes=15, sleeps=20), Liker("sea", themes=("pirates",))]
one_creation = st.builds(
    Liked,
    st.uuids().map(str),
    st.sampled_from(["1:mo", "1:ada", "1:kim", "2:mo"]),
    st.sampled_from(["", "city", "pirates"]),
    st.sampled_from(["da", "en-US", "ja"]),
    st.sampled_from(["Europe/Copenhagen", "Asia/Tokyo", "America/Los_Angeles"]),
    st.integers(0, 3),
    st.integers(0, 30),
)


@given(st.lists(one_creation, max_size=40, unique_by=lambda one: one.id))
def test_no_plan_breaks_a_rule(creations):
    met = {"1:mo": {"a"}}
    planned = plan(DAY, creations, CAST, met)
    of = {one.id: one for one in creations}
    cast = {one.slug: one for one in CAST}
    assert planned == plan(DAY, list(reversed(creations)), CAST, met), "the order of the creations must not matter"
    assert max(Counter(of[p.creation].author for p in planned).values(), default=0) <= AUTHOR_A_DAY
    assert max(Counter(p.creation for p in planned).values(), default=0) <= EACH
    assert max(Counter((of[p.creation].author, p.character) for p in planned).values(), default=0) <= 1
    for one in planned:
        creation, character = of[one.creation], cast[one.character]
        assert (creation.author, one.character) != ("1:mo", "a")
        assert not character.themes or creation.theme in character.themes
        there = one.due_at.astimezone(ZoneInfo(creation.zone))
        assert there.date() == DAY
        assert character.wakes <= there.hour < character.sleeps


def test_who_nobody_liked_comes_first_and_new_builders_before_others():
    creations = [
        Liked("liked", "1:a", "", "en", "UTC", likes=3),
        Liked("old hand", "1:b", "", "en", "UTC", built=40),
        Liked("new", "1:c", "", "en", "UTC"),
    ]
    planned = plan(DAY, creations, [Liker("a")], each=1, character_a_day=2)
    assert [p.creation for p in planned] == ["new", "old hand"]


def test_fifteen_thousand_are_spread_over_the_day_and_over_authors():
    creations = [Liked(f"c{n}", f"1:{n % 6000}", "", "en", "Europe/Copenhagen", built=n % 7) for n in range(15_000)]
    cast = [Liker(f"x{n}") for n in range(8)]
    planned = plan(DAY, creations, cast)
    by_minute = Counter(p.due_at.replace(second=0, microsecond=0) for p in planned)
    mean = len(planned) / (12 * 60)
    # Poisson by minute: the busiest of 720 stays within five standard deviations.
    assert max(by_minute.values()) < mean + 5 * mean**0.5
    likes = Counter(p.creation for p in planned)
    by_author = Counter({f"1:{n}": 0 for n in range(6000)})
    for p in planned:
        by_author[f"1:{int(p.creation[1:]) % 6000}"] += 1
    assert gini(list(by_author.values())) < 0.05
    assert len(likes) > 14_000


def test_who_would_have_to_like_in_the_past_does_not():
    creation = Liked("c", "1:mo", "", "en", "UTC")
    assert plan(DAY, [creation], [Liker("a")], not_before=datetime(2026, 5, 20, 19, tzinfo=UTC)) == []
    (one,) = plan(DAY, [creation], [Liker("a")], not_before=datetime(2026, 5, 20, 18, 59, tzinfo=UTC))
    assert one.due_at >= datetime(2026, 5, 20, 18, 59, tzinfo=UTC)


@given(st.lists(st.integers(0, 50), min_size=1, max_size=30))
def test_gini_is_the_mean_difference(counts):
    values = np.array(counts, float)
    if not values.sum():
        assert gini(counts) == 0
        return
    apart = np.abs(values[:, None] - values).mean() / (2 * values.mean())
    assert gini(counts) == pytest.approx(apart)


# -- in the database -----------------------------------------------------------------------------------------------
NOON = datetime(2026, 5, 20, 8, tzinfo=UTC)
LATE = datetime(2026, 5, 20, 23, tzinfo=UTC)


def test_planned_twice_is_planned_once(creation):
    rows = [creation(author=f"a{n}") for n in range(5)]
    assert actions.plan_likes(DAY, rows, {}, NOON) == 10
    assert actions.plan_likes(DAY, rows, {}, NOON) == 0
    assert Like.objects.count() == 10


def test_a_like_is_given_once_and_the_app_hears_of_it_once(creation):
    row = creation()
    actions.plan_likes(DAY, [row], {}, NOON)
    assert actions.give_likes(NOON - timedelta(days=1)) == 0
    assert actions.give_likes(LATE) == 2
    assert actions.give_likes(LATE) == 0
    events = Event.objects.filter(type="creation.liked")
    assert {event.payload["creation"] for event in events} == {row.external_id}
    assert len({event.payload["character"]["slug"] for event in events}) == 2


def test_a_withdrawn_creation_gets_none(api, creation, calling_app):
    row = creation()
    actions.plan_likes(DAY, [row], {}, NOON)
    assert api.delete(f"/api/v1/creations/{row.external_id}/").status_code == 204
    assert actions.give_likes(LATE) == 0
    assert not Event.objects.exists()


def test_who_opted_out_gets_none_and_may_come_back(api, creation):
    row = creation(author="shy")
    actions.plan_likes(DAY, [row], {}, NOON)
    assert api.post("/api/v1/opt-outs/", {"author": "shy"}, format="json").status_code == 201
    assert api.post("/api/v1/opt-outs/", {"author": "shy"}, format="json").status_code == 200
    assert not Like.objects.exists()
    assert actions.plan_likes(DAY, [row], {}, NOON) == 0
    assert api.delete("/api/v1/opt-outs/shy/").status_code == 204
    assert api.delete("/api/v1/opt-outs/shy/").status_code == 404
    assert actions.plan_likes(DAY, [row], {}, NOON) == 2


def test_the_same_character_does_not_come_again_soon(creation):
    actions.plan_likes(DAY, [creation()], {}, NOON)
    before = set(Like.objects.values_list("character", flat=True))
    actions.plan_likes(DAY + timedelta(days=1), [creation()], {}, NOON + timedelta(days=1))
    later = Like.objects.filter(due_at__gt=LATE).values_list("character", flat=True)
    assert later.exists()
    assert not before & set(later)


def test_likes_are_read_by_their_app_alone(api, api_for, other_app, creation):
    row = creation()
    actions.plan_likes(DAY, [row], {}, NOON)
    assert api.get("/api/v1/likes/").json()["results"] == []
    actions.give_likes(LATE)
    said = api.get("/api/v1/likes/", {"creation": row.external_id}).json()["results"]
    assert len(said) == 2
    assert said[0]["liked_at"] == "2026-05-20T23:00:00Z"
    assert api_for(other_app).get("/api/v1/likes/").json()["results"] == []


def test_the_task_gives_what_is_due(creation, bo, tasks):
    Like.objects.create(creation=creation(), character=bo, due_at=timezone.now() - timedelta(minutes=1))
    assert tasks.give_likes() == 1
