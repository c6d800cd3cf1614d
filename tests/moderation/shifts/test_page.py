"""The lead's page: counted by hour, filtered by its address, as many queries however much there is."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from moderation.appeals.models import Appeal
from moderation.desk.actions import decide
from moderation.desk.claims import claim_next
from moderation.desk.models import Decision, Outcome
from moderation.intake.models import DecidedBy, State, Submission
from moderation.prefilter.models import Recheck, RecheckAnswer
from moderation.queues.models import DueTime
from moderation.shifts.counting import count, hour_of
from moderation.shifts.live import live
from moderation.shifts.models import Hour, HourTime, Spared
from moderation.shifts.reading import detectors, hours
from tests.submissions import waiting

pytestmark = pytest.mark.django_db
FACE = ("image:0", "face", "reject", "face", [])


def _rejected(app, **fields) -> Submission:
    return waiting(app, pictures=1, found=[FACE], state=State.REJECTED, decided_by=DecidedBy.PREFILTER, **fields)


def _decided(app, by, hours_ago: float, took: float = 8, **fields) -> Decision:
    at = timezone.now() - timedelta(hours=hours_ago)
    row = waiting(
        app,
        state=State.APPROVED,
        decided_by=DecidedBy.MODERATOR,
        received_at=at - timedelta(minutes=2),
        review_due_at=at + timedelta(minutes=13),
        **fields,
    )
    return Decision.objects.create(
        submission=row, moderator=by, outcome=Outcome.APPROVE, policy=1, decided_at=at,
        shown_at=at - timedelta(seconds=took),
    )  # fmt: skip


def test_hours_are_counted_and_counted_anew(calling_app, moderator, lead):
    _decided(calling_app, moderator, 30, took=5)
    first = _decided(calling_app, moderator, 1, took=20, market="DE", language="de-AT")
    again = _decided(calling_app, moderator, 1)
    Decision.objects.filter(id=again.id).update(undone_at=timezone.now(), undone_by=moderator)
    count()
    assert count().seconds >= 0  # twice changes nothing
    found = hours(timezone.now() - timedelta(days=3), timezone.now() + timedelta(hours=1))
    assert sum(hour.arrivals for hour in found.values()) == 3
    assert sum(hour.decided for hour in found.values()) == 2
    assert sum(hour.undone for hour in found.values()) == 1
    assert sum(hour.seconds for hour in found.values()) == pytest.approx(25)
    assert HourTime.objects.count() == 2
    row = Hour.objects.get(market="DE", decided=1)
    assert (row.language, row.at) == ("de", hour_of(first.decided_at))

    Decision.objects.filter(id=first.id).update(reversed_at=timezone.now(), reversed_by=lead)
    count()
    assert Hour.objects.get(market="DE", decided=1).reversed == 1


def test_what_detectors_spared_and_what_came_back(calling_app, moderator):
    now = timezone.now()
    for _ in range(3):
        _rejected(calling_app)
    back = _rejected(calling_app)
    Submission.objects.filter(id=back.id).update(state=State.QUEUED, decided_by=None)
    right = _rejected(calling_app)
    for row, answer in ((back, RecheckAnswer.BACK), (right, RecheckAnswer.RIGHT)):
        Recheck.objects.create(
            submission=row, place=0.1, chance=0.5, answer=answer, answered_by=moderator, answered_at=now
        )
    appealed = _rejected(calling_app)
    Submission.objects.filter(id=appealed.id).update(state=State.QUEUED, decided_by=None)
    Appeal.objects.create(
        submission=appealed, due_at=now, policy=1, market="DK", language="da", outcome="changed",
        decided_by=moderator, decided_at=now,
    )  # fmt: skip
    count()
    (face,) = detectors(now - timedelta(days=1), now + timedelta(hours=1))
    assert (face.name, face.rejected, face.restored, face.checked) == ("face", 6, 2, 2)
    assert (face.weight, face.square, face.back_weight) == (4, 8, 2)
    assert sum(hour.for_people for hour in hours(now - timedelta(days=1), now + timedelta(hours=1)).values()) == 2


def test_what_waits_by_its_due_time(calling_app, other_app, moderator):
    DueTime.objects.create(app=other_app, minutes=60, warn_minutes=20)
    waiting(calling_app, minutes_left=-3)
    waiting(calling_app, minutes_left=4, market="DE", language="de")
    waiting(calling_app, minutes_left=12)
    waiting(other_app, minutes_left=15, language="da-DK")  # its desk warns 20 minutes before
    claim_next(moderator)
    found = live()
    assert (found.all.n, found.all.late, found.all.soon) == (4, 1, 2)
    assert [(row.name, row.n, row.late, row.soon) for row in found.languages] == [("da", 3, 1, 1), ("de", 1, 0, 1)]
    assert found.markets[0].name == "DK"
    assert (found.all.age, found.due_minutes) == (18, 15)
    assert [(person.name, person.holds) for person in found.people] == [("mia", True)]
    assert live("DE").all.n == 1
    assert live(language="da").all.n == 3


def test_who_decided_just_now_is_on_shift(calling_app, moderator, second_moderator):
    waiting(calling_app)
    row = claim_next(moderator)
    decide(moderator, row, "approve", shown_at=timezone.now())
    _decided(calling_app, second_moderator, 2)
    assert [(person.name, person.holds) for person in live().people] == [("mia", False)]
    _decided(calling_app, second_moderator, 0.1)
    assert [person.name for person in live().people] == ["max", "mia"]  # by name


def _past(app, by, days: int, each: int) -> None:
    for hour in range(1, days * 24, 3):
        for _ in range(each):
            _decided(app, by, hour)


def test_the_page_and_its_tables(calling_app, moderator, lead, logged_in):
    _past(calling_app, moderator, 3, 2)
    _rejected(calling_app)
    waiting(calling_app, minutes_left=-3)
    count()
    client = logged_in(lead)
    page = client.get("/shifts/?days=7&by=shift&market=DK&begin=5").content.decode()
    assert "1 of 1 waits longer than promised" in page
    assert "Nobody is on shift." in page
    assert "market=DK&amp;days=7&amp;by=shift&amp;begin=5" in page
    assert 'href="/shifts/" aria-current' in page
    rows = client.get("/shifts/?rows").content.decode()
    assert "<html" not in rows
    for key in ("coming", "flow", "times", "overturns", "detectors", "worth", "markets", "languages"):
        table = client.get(f"/shifts/tables/{key}.csv?days=7")
        assert table.status_code == 200
        assert len(table.content.decode().splitlines()) > 1, key
    flow = client.get("/shifts/tables/flow.csv?days=7&by=day").content.decode().splitlines()[1:]
    assert sum(int(line.split(",")[4]) for line in flow) == Decision.objects.count()
    assert client.get("/shifts/tables/nothing.csv").status_code == 404
    assert "mia" not in client.get("/shifts/tables/times.csv").content.decode()  # figures of people are nobody's


@pytest.mark.parametrize("who", ["moderator", "ml_engineer", "outsider"])
def test_leads_alone_see_it(who, request, logged_in):
    client = logged_in(request.getfixturevalue(who))
    assert client.get("/shifts/").status_code == 403
    assert client.get("/shifts/tables/flow.csv").status_code == 403


def test_as_many_queries_however_much_there_is(calling_app, moderator, second_moderator, lead, logged_in):
    client = logged_in(lead)

    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert client.get("/shifts/?days=7").status_code == 200
        return len(queries)

    waiting(calling_app)
    _decided(calling_app, moderator, 1)
    _rejected(calling_app)
    count()
    asked()
    few = asked()
    _past(calling_app, second_moderator, 2, 2)
    for n, market in enumerate(("DE", "SE", "FR", "IT")):
        waiting(calling_app, minutes_left=n, market=market, language=market.lower())
        _rejected(calling_app, market=market)
    count(timedelta(days=3))
    assert asked() == few
    assert few < 30


def test_nonsense_in_the_address_is_the_usual(lead, logged_in):
    page = logged_in(lead).get("/shifts/?days=999999999999&by=moon&market=XX&language=%3Cb%3E&begin=-1")
    assert page.status_code == 200
    assert Spared.objects.count() == 0


def test_shifts_of_the_market():
    from moderation.shifts.asked import Asked

    asked = Asked("DK", "", 1, "shift", 6, datetime(2026, 7, 1, 10, tzinfo=UTC))
    assert asked.period(datetime(2026, 7, 1, 3, tzinfo=UTC)) == "2026-06-30 3: 22–06"  # five in Copenhagen
    assert asked.period(datetime(2026, 7, 1, 4, tzinfo=UTC)) == "2026-07-01 1: 06–14"
    assert asked.first == datetime(2026, 7, 1, 4, tzinfo=UTC)
