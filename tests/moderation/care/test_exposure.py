"""How much that is hard one person is given, and who sees that figure."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib import admin
from django.utils import timezone

from moderation.care import exposure
from moderation.care.models import Limit, Sight
from moderation.desk import actions as desk
from moderation.desk.breaks import sentences, working_since
from moderation.desk.models import Decision
from moderation.intake.actions import erase

pytestmark = pytest.mark.django_db
HARD = [("title", "nudity", "flag", "nudity", [])]
CALM = [("title", "quality", "flag", "bad_picture", [])]


@pytest.fixture(autouse=True)
def limits(db):
    Limit.objects.all().delete()
    Limit.objects.create(name="Hard", severity=60, an_hour=2, a_shift=3)


def claim(user) -> str:
    given = desk.claim_next(user)
    if given is None:
        return ""
    desk.skip(user, given)
    return given.parts.get(role="title").text


def test_past_the_limit_calm_work_comes_and_the_hard_goes_to_others(waiting, moderator, second_moderator):
    for n in range(3):
        waiting(minutes_left=n - 5, title=f"hard {n}", found=HARD)
    waiting(minutes_left=5, title="calm", found=CALM)
    waiting(minutes_left=6, title="plain")
    assert [claim(moderator) for _ in range(5)] == ["hard 0", "hard 1", "calm", "plain", ""]
    assert claim(second_moderator) == "hard 0"
    assert Sight.objects.filter(person=moderator).count() == 2


def test_an_hour_later_they_come_again_until_the_shift_is_full(waiting, moderator):
    for n in range(5):
        waiting(minutes_left=n, title=f"hard {n}", found=HARD)
    assert [claim(moderator) for _ in range(3)] == ["hard 0", "hard 1", ""]
    Sight.objects.update(at=timezone.now() - timedelta(minutes=61))
    assert [claim(moderator) for _ in range(2)] == ["hard 2", ""]  # three in eight hours
    Sight.objects.update(at=timezone.now() - timedelta(hours=8, minutes=1))
    assert claim(moderator) == "hard 3"


def test_nothing_starves_a_lead_gets_what_is_late(waiting, moderator, lead):
    for user in (moderator, lead):
        for _ in range(2):
            Sight.objects.create(person=user, severity=90)
    waiting(minutes_left=12, title="hard, in time", found=HARD)
    assert claim(lead) == ""
    waiting(minutes_left=-1, title="hard and late", found=HARD)
    assert claim(moderator) == ""
    assert "1 hard one is late" in " ".join(sentences(lead))
    assert "late" not in " ".join(sentences(moderator))
    assert claim(lead) == "hard and late"


def test_calm_work_is_not_counted_and_looking_again_counts_once(waiting, moderator, logged_in):
    one, _ = waiting(title="hard", found=HARD), waiting(minutes_left=12, title="calm", found=CALM)
    claim(moderator), claim(moderator)
    page = logged_in(moderator)
    page.get(f"/desk/s/{one.id}/"), page.get(f"/desk/s/{one.id}/")
    assert list(Sight.objects.values_list("person__username", "severity")) == [("mia", 90)]


def test_what_was_rejected_counts_when_it_is_looked_at(waiting, moderator, logged_in):
    one = waiting(title="hard")
    type(one).objects.filter(id=one.id).update(state="rejected", reasons=[{"code": "violence", "title": ""}])
    logged_in(moderator).get(f"/desk/s/{one.id}/")
    assert Sight.objects.get().severity == 80


def test_an_erasure_keeps_the_count_without_what_it_was(waiting, moderator):
    one = waiting(found=HARD)
    claim(moderator)
    erase(one)
    assert Sight.objects.get().submission is None


def test_a_break_is_offered_in_a_sentence(waiting, moderator, logged_in):
    assert sentences(moderator) == []
    Sight.objects.create(person=moderator, severity=90)
    assert sentences(moderator) == []
    Limit.objects.update(an_hour=1)
    assert "enough" in sentences(moderator)[0]
    Limit.objects.update(an_hour=4)
    Sight.objects.create(person=moderator, severity=90), Sight.objects.create(person=moderator, severity=90)
    Limit.objects.update(a_shift=50)
    assert sentences(moderator)[0].startswith("3 hard ones in the last hour.")
    page = logged_in(moderator)
    assert "A short break would be good" in page.get("/desk/").content.decode()
    beat = page.post("/desk/renew/", headers={"Accept": "application/json"}).json()
    assert "A short break would be good" in beat["kindly"]


def test_who_works_long_is_offered_one_too(waiting, moderator):
    now, one = timezone.now(), waiting()
    for n in range(0, 100, 5):
        ended = {"undone_at": now, "undone_by": moderator}
        Decision.objects.create(
            submission=one, moderator=moderator, outcome="approve", policy=1,
            decided_at=now - timedelta(minutes=n, seconds=1), **ended,
        )  # fmt: skip
    assert now - working_since(moderator, now) >= timedelta(minutes=95)
    assert "You have been at it for" in sentences(moderator)[0]
    Decision.objects.filter(decided_at__range=(now - timedelta(minutes=31), now - timedelta(minutes=14))).delete()
    assert sentences(moderator) == []


def test_the_figures_are_for_the_person_alone(moderator, lead, admin_user, logged_in):
    for _ in range(2):
        Sight.objects.create(person=moderator, severity=90)
    assert "2 / 2" in logged_in(moderator).get("/desk/me/").content.decode()
    for other in (lead, admin_user):
        assert "0 / 2" in logged_in(other).get("/desk/me/").content.decode()
    assert not admin.site.is_registered(Sight)


def test_no_room_but_this_one_reads_who_was_given_what():
    """The lead's pages, exports and statistics cannot show what they cannot name."""
    base = Path(settings.BASE_DIR)
    rooms = [base / room for room in ("brickmod", "featurestore", "moderation", "engagement")]
    files = [file for room in rooms for file in room.rglob("*.py")]
    named = {file.relative_to(base).parts[:2] for file in files if "care.models" in file.read_text()}
    assert named == {("moderation", "care")}


def test_without_limits_nothing_is_counted(waiting, moderator):
    Limit.objects.all().delete()
    waiting(found=HARD)
    claim(moderator)
    assert exposure.had(moderator) == []
    assert not Sight.objects.exists()


def test_an_admin_sets_the_limits(admin_user, logged_in):
    page = logged_in(admin_user)
    limit = Limit.objects.get()
    sent = {"name": "Hard", "severity": 70, "an_hour": 5, "a_shift": 20}
    assert page.post(f"/admin/care/limit/{limit.pk}/change/", sent).status_code == 302
    limit.refresh_from_db()
    assert (limit.severity, limit.an_hour) == (70, 5)


def test_there_are_limits_from_the_first_day(db):
    from moderation.care.planting import after_migrate

    Limit.objects.all().delete()
    after_migrate(None, "default")
    after_migrate(None, "default")
    assert list(Limit.objects.values_list("severity", flat=True)) == [80, 60]
