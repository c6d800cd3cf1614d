"""Submissions, decided and not, and people who look at them."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial

import pytest
from django.utils import timezone

from moderation.desk.actions import claim_next, decide
from moderation.desk.models import Decision
from moderation.intake.models import State, Submission
from tests import submissions


@pytest.fixture
def waiting(calling_app) -> Callable[..., Submission]:
    return partial(submissions.waiting, calling_app)


@pytest.fixture
def decided(waiting, moderator, settings) -> Callable[..., Decision]:
    """decided("reject", ["rude"], by=…): made a minute ago, so that the app has heard of it."""
    settings.SECOND_DECISION_PERCENT = 100

    def decided(outcome: str = "approve", reasons: tuple = (), by=None, **fields) -> Decision:
        row = waiting(**({"minutes_left": -500, "title": "A castle"} | fields))
        person = by or moderator
        assert claim_next(person).id == row.id
        made = decide(person, row, outcome, list(reasons))
        past = timezone.now() - timedelta(minutes=1)
        Decision.objects.filter(id=made.id).update(decided_at=past)
        Submission.objects.filter(id=row.id).update(answer_at=past, decided_at=past)
        made.refresh_from_db()
        assert made.submission.state != State.QUEUED
        return made

    return decided
