"""Rejections of the prefilter, drawn to be looked at again."""

from collections.abc import Callable
from datetime import timedelta

import numpy as np
import pytest
from django.utils import timezone

from featurestore.compare import actions as pairs
from featurestore.compare.models import Pair
from featurestore.heads.models import HeadVersion
from featurestore.store import get_store
from featurestore.store.base import NewFeature
from moderation.feedback.texts import feedback_for, reasons_for
from moderation.intake.models import DecidedBy, State, Submission
from moderation.prefilter.links import Kept, link, link_pairs
from moderation.prefilter.models import Recheck
from tests import submissions


@pytest.fixture
def rejected(calling_app) -> Callable:
    """rejected(place=0.5): a picture rejected for a face, with a feature, and drawn."""

    def rejected(place: float = 0.5, drawn: bool = True, minutes: float = 1, **fields: object) -> Submission:
        now = timezone.now() - timedelta(minutes=minutes)
        box = {"x": 0.2, "y": 0.2, "w": 0.3, "h": 0.4, "label": "face", "score": 0.9}
        given = {
            "state": State.REJECTED,
            "decided_by": DecidedBy.PREFILTER,
            "decided_at": now,
            "answer_at": now,
            "reasons": reasons_for(["face"], "da", "DK"),
            "feedback": feedback_for(["face"], "da", "DK"),
            "review_due_at": None,
            "pictures": 1,
            "found": [("image:0", "face", "reject", "face", [box])],
        }
        one = submissions.waiting(calling_app, **(given | fields))
        part = one.parts.get(kind="image", position=0)
        new = NewFeature("test", "face", np.full(4, 0.5, np.float32), "DK", now.date())
        link([Kept(part, new, get_store().put([new])[0])])
        if drawn:
            Recheck.objects.create(submission=one, place=place, chance=0.05, drawn_at=now)
        return one

    return rejected


@pytest.fixture
def paired(db) -> Callable:
    """paired(submission, "image:0", champion_score=0.9): a pair of that part, linked to it."""
    heads: dict[str, list[HeadVersion]] = {}

    def paired(submission: Submission, name: str = "image:0", task: str = "face", **fields: object) -> Pair:
        if task not in heads:
            given = {"encoder": "e", "view": "face", "onnx": b"", "sheet": {}}
            heads[task] = [HeadVersion.objects.create(task=task, version=v, **given) for v in ("1", "2")]
        given = {"champion_score": 0.9, "challenger_score": 0.1, "stratum": "disputed", "chance": 0.5} | fields
        pair = Pair(
            task=task,
            day=timezone.now().date(),
            champion=heads[task][0],
            challenger=heads[task][1],
            champion_hit=given["champion_score"] >= 0.5,
            challenger_hit=given["challenger_score"] >= 0.5,
            **given,
        )
        pairs.keep([pair])
        link_pairs([(next(part for part in submission.parts.all() if part.name == name), pair.id)])
        return pair

    return paired
