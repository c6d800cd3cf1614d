"""From people's rejections to what follows, at the door and in the webhook."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from brickmod.access.models import AuditEvent, Verb
from brickmod.outbox.models import Event, EventType
from moderation.authors.actions import sweep, weigh, withdraw_strike
from moderation.authors.door import looked_at_first
from moderation.authors.forgetting import tidy
from moderation.authors.measures import NotDone, agree, lift, propose, refuse
from moderation.authors.models import Author, Measure, Step, Strike, StrikeRule
from moderation.desk.actions import claim_next, decide, undo
from moderation.feedback.texts import told_at
from moderation.intake.models import Submission
from moderation.prefilter.actions import conclude
from moderation.prefilter.looking import SubmissionLook
from tests.submissions import picture, waiting

URL = "/api/v1/submissions/"
pytestmark = pytest.mark.django_db


def send(api, n: int, author: str = "fox-1"):
    import io

    file = io.BytesIO(picture())
    file.name = "a.jpg"
    fields = {"external_id": f"e-{n}", "author": author, "market": "DK", "language": "da", "images": [file]}
    return api.post(URL, fields, format="multipart")


def flagged() -> list[tuple[str, str]]:
    rows = Event.objects.filter(type=EventType.AUTHOR_FLAGGED).order_by("created_at")
    return [(row.payload["measure"]["follows"], row.payload["measure"]["status"]) for row in rows]


class TestStrikes:
    def test_a_rejection_by_a_person_is_a_strike_of_its_heaviest_reason(self, moderator, rejects):
        decision = rejects(moderator, "face", "nudity")
        strike = Strike.objects.get()
        assert (strike.reason, strike.points, strike.decision, strike.struck_by) == (
            "nudity", 2.0, decision.id, moderator,
        )  # fmt: skip
        assert strike.policy == decision.policy

    @pytest.mark.parametrize("reason", ["self_harm", "bad_picture"])
    def test_a_child_in_need_or_a_dark_picture_gets_none(self, moderator, rejects, reason):
        rejects(moderator, reason)
        assert not Author.objects.exists()

    def test_a_market_has_a_rule_of_its_own(self, moderator, rejects):
        StrikeRule.objects.create(reason_id="rude", market="DK", points=0.5)
        rejects(moderator, "rude")
        rejects(moderator, "rude", market="SE")
        assert sorted(Strike.objects.values_list("points", flat=True)) == [0.5, 1.0]

    def test_undone_in_time_it_never_was(self, calling_app, moderator):
        waiting(calling_app, author="fox-1")
        decision = decide(moderator, claim_next(moderator), "reject", ["rude"])
        assert sweep() == {"made": 0, "ended": 0}
        undo(moderator, decision)
        assert not Strike.objects.exists()
        assert not flagged()

    def test_what_follows_grows_with_the_points_and_is_told_once(self, moderator, rejects, settled):
        for _ in range(3):
            rejects(moderator, "rude")
            settled()
            settled()
        assert flagged() == [("warn", "in_force"), ("slow", "in_force"), ("review", "in_force")]
        event = Event.objects.filter(type=EventType.AUTHOR_FLAGGED).order_by("created_at")[0]
        assert event.payload["author"] == "fox-1"
        assert event.subject == str(Author.objects.get().id)
        assert event.payload["measure"]["feedback"] == told_at("warned", "da", "DK")
        assert AuditEvent.objects.filter(verb=Verb.MEASURE).count() == 3

    def test_old_strikes_weigh_less(self, moderator, rejects, settled):
        for _ in range(2):
            rejects(moderator, "rude")
        Strike.objects.update(at=timezone.now() - timedelta(days=60))  # two half-lives: half a point together
        rejects(moderator, "rude")
        author = settled()
        assert [one.follows for one in author.measures.all()] == ["warn"]

    def test_two_weighers_make_one_measure(self, at_once, moderator, calling_app):
        from brickmod.access.models import User

        waiting(calling_app, author="fox-1")
        user = User.objects.get(id=moderator.id)
        decide(user, claim_next(user), "reject", ["rude"])
        Strike.objects.update(counts_from=timezone.now())
        author = Author.objects.get()
        answers = at_once(*[lambda: weigh(author.id)] * 4)
        assert sorted(answer is None for answer in answers) == [False, True, True, True]
        assert Measure.objects.count() == 1


class TestTheDoor:
    def test_a_banned_author_gets_a_kind_answer_and_nothing_is_stored(self, api, moderator, lead, rejects, settled):
        for _ in range(3):
            rejects(moderator, "nudity")
        author = settled()
        measure = author.measures.get()
        assert (measure.follows, measure.state) == ("ban", "proposed")
        assert send(api, 1).status_code == 202  # until a person agrees
        agree(lead, measure)
        before = Submission.objects.count()
        answer = send(api, 2)
        body = answer.json()
        assert (answer.status_code, answer["Content-Type"]) == (403, "application/problem+json")
        assert body["code"] == "author_banned"
        assert body["feedback"] == told_at("paused", "da", "DK")
        assert body["until"]
        assert int(answer["Retry-After"]) > 0
        assert Submission.objects.count() == before
        assert send(api, 3, author="hen-2").status_code == 202
        assert send(api, 1).status_code == 200  # the same one again is no new upload

    def test_strikes_hold_at_once_also_without_a_sweep(self, api, moderator, rejects):
        Step.objects.filter(follows="warn").update(follows="slow", a_day=1)
        rejects(moderator, "rude")
        Submission.objects.update(received_at=timezone.now())
        answer = send(api, 1)
        assert (answer.status_code, answer.json()["code"]) == (429, "author_slowed")
        assert 86_000 < int(answer["Retry-After"]) <= 86_400
        Submission.objects.update(received_at=timezone.now() - timedelta(hours=25))
        assert send(api, 1).status_code == 202

    def test_reviewed_first_comes_ahead_of_calm_ones(self, calling_app, lead):
        one = waiting(calling_app, author="fox-1", state="analysing", review_due_at=None)
        assert not looked_at_first(one)
        propose(lead, Author(app=calling_app, name="fox-1"), "review", "raids", days=3)
        assert looked_at_first(one)
        conclude(SubmissionLook(one, []))
        assert Submission.objects.get(id=one.id).priority == 1

    def test_other_apps_are_not_concerned(self, api_for, other_app, calling_app, lead, make_user):
        ban = propose(lead, Author(app=calling_app, name="fox-1"), "ban", "threats")
        agree(make_user("lead", "lou"), ban)
        assert send(api_for(other_app), 1).status_code == 202


class TestPeople:
    def test_who_proposed_cannot_agree(self, calling_app, lead, make_user):
        ban = propose(lead, Author(app=calling_app, name="fox-1"), "ban", "threats", days=3)
        with pytest.raises(NotDone, match="Another person"):
            agree(lead, ban)
        assert not flagged()
        assert agree(make_user("lead", "lou"), ban).until > timezone.now() + timedelta(days=2)
        assert flagged() == [("ban", "in_force")]

    def test_the_database_holds_it_too(self, calling_app, lead):
        author = Author.objects.create(app=calling_app, name="fox-1")
        given = {"author": author, "follows": "ban", "policy": 1, "since": timezone.now(), "state": "in_force"}
        for wrong in ({"asked_by": lead, "agreed_by": lead}, {"asked_by": lead}):
            with pytest.raises(IntegrityError), transaction.atomic():
                Measure.objects.create(**given, **wrong)
        with pytest.raises(IntegrityError), transaction.atomic():
            Step.objects.create(at=77, follows="ban", needs_person=False)
        with pytest.raises(IntegrityError), transaction.atomic():
            Step.objects.create(at=78, follows="slow")

    def test_lifted_with_a_reason_and_the_app_is_told(self, api, calling_app, lead):
        slow = propose(lead, Author(app=calling_app, name="fox-1"), "slow", "floods", days=3, a_day=1)
        with pytest.raises(NotDone, match="why"):
            lift(lead, slow, " ")
        lift(lead, slow, "a class trip")
        assert flagged() == [("slow", "in_force"), ("slow", "lifted")]
        assert api.get("/api/v1/authors/?author=fox-1").json()["standing"] == "fine"
        with pytest.raises(NotDone):
            lift(lead, slow, "again")

    def test_refused_nothing_was_ever_told(self, calling_app, lead):
        refuse(lead, propose(lead, Author(app=calling_app, name="fox-1"), "ban", "threats"), "no")
        assert not flagged()

    def test_a_moderator_may_not(self, calling_app, moderator):
        from django.core.exceptions import PermissionDenied

        with pytest.raises(PermissionDenied):
            propose(moderator, Author(app=calling_app, name="fox-1"), "warn", "x")


class TestTime:
    def test_over_is_over_before_any_sweep_and_told_by_it(self, api, calling_app, lead):
        slow = propose(lead, Author(app=calling_app, name="fox-1"), "slow", "floods", days=1, a_day=1)
        Measure.objects.update(until=timezone.now() - timedelta(seconds=1))
        assert api.get("/api/v1/authors/?author=fox-1").json()["standing"] == "fine"
        assert sweep() == {"made": 0, "ended": 1}
        assert sweep() == {"made": 0, "ended": 0}
        assert flagged() == [("slow", "in_force"), ("slow", "expired")]
        slow.refresh_from_db()
        assert (slow.state, slow.end) == ("ended", "expired")

    def test_a_strike_that_was_wrong_takes_back_what_followed(self, moderator, rejects, settled):
        first, second = rejects(moderator, "rude"), rejects(moderator, "rude")
        author = settled()
        assert author.measures.get().follows == "slow"
        assert withdraw_strike(first.id, "overturned on appeal") == 1
        assert author.measures.get().end == "withdrawn"
        assert withdraw_strike(first.id, "twice") == 0
        assert withdraw_strike(second.id, "overturned on appeal") == 0

    def test_what_counts_no_more_is_forgotten(self, moderator, rejects, settled):
        rejects(moderator, "rude")
        settled()
        assert tidy() == {"strikes": 0, "measures": 0, "authors": 0}
        long_ago = timezone.now() - timedelta(days=400)
        Strike.objects.update(at=long_ago)
        Measure.objects.update(state="ended", end="expired", ended_at=long_ago)
        Author.objects.update(since=long_ago)
        assert tidy() == {"strikes": 1, "measures": 1, "authors": 1}
        assert not Event.objects.filter(type=EventType.AUTHOR_FLAGGED).exists()
