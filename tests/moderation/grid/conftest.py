"""Easy submissions that wait, and a grid of them."""

import uuid
from collections.abc import Callable
from datetime import timedelta
from functools import partial

import pytest
from django.utils import timezone

from moderation.agreement.models import KnownCase
from moderation.grid.models import Grid, GridRule
from moderation.intake.models import DecidedBy, State, Submission
from tests import submissions

PASSED = ("image:0", "face", "pass", "", [])


@pytest.fixture
def waiting(calling_app) -> Callable[..., Submission]:
    return partial(submissions.waiting, calling_app)


@pytest.fixture
def easy(waiting) -> Callable[..., list[Submission]]:
    """easy(12): so many that fit, the first the most due."""

    def easy(n: int, **fields) -> list[Submission]:
        return [waiting(minutes_left=n + 1, title=f"Car {n}", pictures=1, found=[PASSED], **fields) for n in range(n)]

    return easy


@pytest.fixture
def known_bad(waiting, lead) -> KnownCase:
    """Rejected by the prefilter once; known to be no build."""
    row = waiting(
        title="A desk", pictures=1, state=State.REJECTED, decided_by=DecidedBy.PREFILTER, decided_at=timezone.now(),
        answer_at=timezone.now(), found=[("image:0", "quality", "reject", "not_a_build", [])],
    )  # fmt: skip
    return KnownCase.objects.create(
        submission=row, outcome="reject", reasons=["not_a_build"], why="No brick in it.", made_by=lead
    )


@pytest.fixture
def no_known(db) -> None:
    GridRule.objects.filter(id=1).update(known=0)


def looked(grid: Grid, seconds: float = 10) -> dict[uuid.UUID, int]:
    """As if the page had been there for so long, and every tile on the screen all the time."""
    grid.served_at = timezone.now() - timedelta(seconds=seconds)
    grid.save(update_fields=["served_at"])
    return {tile.id: int(seconds * 1000) for tile in grid.tiles.all()}
