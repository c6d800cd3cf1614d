"""Parts with features that a live link leads to, and a task that asks about them."""

from collections.abc import Callable
from datetime import date

import numpy as np
import pytest
from django.utils import timezone

from featurestore.store import get_store
from featurestore.store.base import NewFeature, NewLabel
from moderation.intake.models import Part
from moderation.labelling.models import LabelTask, Question
from moderation.prefilter.links import Kept, link
from tests import submissions

DIM = 4


@pytest.fixture
def task(db) -> LabelTask:
    task = LabelTask.objects.get(task="face")
    task.twice = 0
    task.save()
    return task


@pytest.fixture
def part(calling_app) -> Callable[..., Part]:
    """part(score=0.5): a picture that waits at the desk, with a picture's and a face's vector."""
    rng = np.random.default_rng(0)

    def vector():
        return rng.normal(size=DIM).astype(np.float32)

    def part(score: float | None = None, **fields) -> Part:
        found = [("image:0", "face", "pass", "", [])] if score is not None else []
        submission = submissions.waiting(calling_app, pictures=1, found=found, **fields)
        part = submission.parts.get(kind="image")
        if score is not None:
            part.findings.update(score=score)  # its threshold is 0.6
        today = timezone.now().date()
        new = [NewFeature("test", view, vector(), "DK", today) for view in ("picture", "face")]
        link([Kept(part, *one) for one in zip(new, get_store().put(new), strict=True)])
        return part

    return part


@pytest.fixture
def ask(task, part) -> Callable[..., Question]:
    """ask(wanted=2): a question about a part of its own."""
    return lambda **fields: Question.objects.create(task=task, part=part(), why="random", **fields)


@pytest.fixture
def settled(db) -> list:
    """Features of a day that nothing leads to any more: 40 labelled, 10 not, these far from the others."""
    rng = np.random.default_rng(1)
    x = rng.normal(size=(50, DIM)).astype(np.float32)
    x[40:] += 20
    ids = get_store().put([NewFeature("test", "picture", row, "DK", date(2026, 1, 1)) for row in x])
    labels = [NewLabel(id, "face", "no", "moderator", 1, date(2026, 1, 1)) for id in ids[:40]]
    get_store().label(labels)
    return ids
