"""An author's line: the last twelve, what became of them, and when the last was rejected."""

import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from moderation.authors.history import LOOK_BACK, SQUARES, history
from moderation.intake.models import State, Submission

pytestmark = pytest.mark.django_db


@pytest.fixture
def sent(calling_app):
    def sent(days_ago: float = 0, state: str = State.APPROVED, **fields) -> Submission:
        received = timezone.now() - timedelta(days=days_ago)
        given = {
            "app": calling_app, "external_id": uuid.uuid4().hex, "author": "nord-417", "market": "DK", "language": "da",
            "state": state, "received_at": received, "decided_by": "moderator", "decided_at": received,
        }  # fmt: skip
        return Submission.objects.create(**(given | fields))

    return sent


def test_the_last_twelve_oldest_first(sent):
    rows = [sent(days) for days in range(20, 0, -1)]
    found = history(sent(state=State.QUEUED))
    assert [square.id for square in found.squares] == [row.id for row in rows[-SQUARES:]]
    assert (found.earlier, found.approved, found.rejected) == (20, 20, 0)


def test_shape_and_word_say_the_same(sent):
    for days, state, by in [
        (4, "approved", "moderator"),
        (3, "rejected", "moderator"),
        (2, "rejected", "prefilter"),
        (1, "queued", None),
    ]:
        sent(days, state, decided_by=by)
    found = history(sent(state=State.QUEUED))
    assert [(square.shape, square.word) for square in found.squares] == [
        ("yes", "approved"), ("no", "rejected"), ("no-prefilter", "rejected by the prefilter"), ("open", "waiting"),
    ]  # fmt: skip
    assert found.sentence == "4 earlier: 1 approved, 2 rejected, 1 open"


def test_the_last_rejection_with_its_reason(sent):
    sent(9, State.REJECTED, reasons=[{"code": "rude", "title": "Grimme ord"}])
    last = sent(3, State.REJECTED, reasons=[{"code": "face", "title": "Ansigt"}])
    sent(1)
    found = history(sent(state=State.QUEUED)).last_rejection
    assert (found.id, found.codes) == (last.id, ("face",))


def test_the_same_name_in_another_app_is_another_child(sent, other_app):
    sent(1, app=other_app)
    sent(1, author="sued-1")
    found = history(sent(state=State.QUEUED))
    assert (found.squares, found.sentence) == ((), "Nothing earlier")


def test_what_came_later_is_not_history(sent):
    one = sent(2)
    sent(1)
    assert not history(one).squares


def test_one_query_however_many(sent, django_assert_num_queries):
    row = sent(state=State.QUEUED)
    Submission.objects.bulk_create(
        Submission(app=row.app, external_id=str(n), author=row.author, market="DK", language="da", state="queued",
                   received_at=row.received_at - timedelta(minutes=n + 1))
        for n in range(LOOK_BACK + 10)
    )  # fmt: skip
    with django_assert_num_queries(1):
        found = history(row)
    assert found.more
    assert found.sentence.startswith(f"{LOOK_BACK}+ earlier")
