"""Whose turn it is, in which queue, by when."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from moderation.desk.actions import claim_next
from moderation.intake.models import Submission
from moderation.intake.turn import Turn
from moderation.prefilter.routes import place, reroute
from moderation.queues.due import Rule, rules
from moderation.queues.models import DueTime, Queue
from moderation.queues.routing import Lane, choose, risk

NOON = datetime(2030, 5, 1, 12, 0, 30, tzinfo=UTC)


@pytest.mark.django_db
def test_due_time_then_weight_then_risk(waiting):
    later = waiting(review_due_at=NOON + timedelta(minutes=1), weight=9, risk=100)
    calm = waiting(review_due_at=NOON)
    risky = waiting(review_due_at=NOON + timedelta(seconds=9), risk=80)
    heavy = waiting(review_due_at=NOON + timedelta(seconds=20), weight=1)
    assert list(Submission.objects.waiting()) == [heavy, risky, calm, later]
    turn = Submission.objects.annotate(turn=Turn()).get(id=heavy.id).turn
    assert turn == int(NOON.timestamp() // 60) * 1_000_000 + 998 * 1000 + 999


@pytest.mark.django_db
def test_the_due_time_that_names_more_counts(calling_app):
    assert rules().of(calling_app, "DK") == Rule(15, 5)
    DueTime.objects.create(minutes=30, warn_minutes=6)
    DueTime.objects.create(market="DK", minutes=20)
    assert [rules().of(calling_app, market).minutes for market in ("DE", "DK")] == [30, 20]
    calling_app.review_minutes = 12
    assert rules().of(calling_app, "DK").minutes == 12
    DueTime.objects.create(app=calling_app, minutes=10, weight=3)
    DueTime.objects.create(app=calling_app, market="DK", minutes=7, warn_minutes=2)
    assert [rules().of(calling_app, market) for market in ("DE", "DK")] == [Rule(10, 5, 3), Rule(7, 2)]


@pytest.mark.django_db
@pytest.mark.parametrize("fields", [{"minutes": 5, "warn_minutes": 5}, {"weight": 10}, {"market": "SE"}])
def test_rows_that_make_no_sense_are_refused(fields):
    DueTime.objects.create(market="SE")
    with pytest.raises(IntegrityError), transaction.atomic():
        DueTime.objects.create(**fields)


def test_the_first_lane_that_takes_it():
    lanes = [Lane("a", languages=frozenset({"da"}), reasons=frozenset({"rude"})), Lane("b", apps=frozenset({7}))]
    assert choose(lanes, 7, "DK", "da-DK", ["rude", "face"]) == "a"
    assert choose(lanes, 7, "DK", "da", ["face"]) == "b"
    assert choose([*lanes, Lane("nothing")], 8, "DK", "de", ["rude"]) == ""


def test_risk_is_the_worst_that_was_found():
    severe = {"self_harm": 100, "rude": 50}
    assert risk([], severe) == risk([("pass", "", 0.9)], severe) == 0
    assert risk([("flag", "self_harm", 0.6), ("reject", "rude", 0.9)], severe) == 60
    assert risk([("error", "", 0.0)], severe) == 30


@pytest.mark.django_db
def test_a_queue_gives_only_to_those_who_have_its_skill(waiting, moderator, make_user):
    Queue.objects.create(slug="video", name="Video", skill="video", reasons=["face"])
    first, other = waiting(1, queue="video"), waiting(9)
    skilled = make_user("moderator", "vic", skills=["video"])
    assert claim_next(moderator) == other
    assert claim_next(skilled) == first


@pytest.mark.django_db
def test_one_queue_alone_when_asked_for(waiting, moderator):
    Queue.objects.create(slug="german", name="German", languages=["de"])
    waiting(1)
    german = waiting(9, queue="german")
    assert claim_next(moderator, queue="german") == german
    assert claim_next(moderator, besides=[german.id], queue="german") is None


@pytest.mark.django_db
def test_what_waits_is_sorted_anew_but_not_what_a_person_put_somewhere(waiting):
    flagged = waiting(found=[("title", "profanity", "flag", "rude", [])])
    german, up = waiting(language="de-AT"), waiting(language="de", queue="leads")
    Queue.objects.create(slug="words", name="Words", reasons=["rude"])
    Queue.objects.create(slug="german", name="German", languages=["de"])
    assert reroute() == 2
    assert [Submission.objects.get(id=one.id).queue for one in (flagged, german, up)] == ["words", "german", "leads"]
    Queue.objects.filter(slug="words").delete()
    assert reroute() == 1
    assert Submission.objects.get(id=flagged.id).queue == ""


@pytest.mark.django_db
def test_the_prefilter_says_when_and_where(waiting, calling_app):
    Queue.objects.create(slug="words", name="Words", reasons=["rude"])
    DueTime.objects.create(app=calling_app, minutes=6, warn_minutes=1, weight=4)
    one = waiting()
    fields = place(one, [("flag", "rude", 0.5)])
    assert fields["review_due_at"] == one.received_at + timedelta(minutes=6)
    assert (fields["queue"], fields["weight"]) == ("words", 4)
    assert 0 < fields["risk"] <= 100
