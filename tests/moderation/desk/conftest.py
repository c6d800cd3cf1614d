"""Submissions that wait, and several people at once."""

import uuid
from collections.abc import Callable
from functools import partial

import numpy as np
import pytest
from django.utils import timezone

from featurestore.store import get_store
from featurestore.store.base import NewFeature
from moderation.intake.models import Submission
from moderation.prefilter.links import Kept, link
from tests import submissions


@pytest.fixture
def waiting(calling_app) -> Callable[..., Submission]:
    """waiting(minutes_left=10, title="…", pictures=1, found=[…], **fields): see `tests.submissions.waiting`."""
    return partial(submissions.waiting, calling_app)


@pytest.fixture
def feature_of() -> Callable:
    """feature_of(submission, "text"): the id of a new feature that is linked to that part."""

    def feature_of(submission: Submission, name: str) -> uuid.UUID:
        part = next(part for part in submission.parts.all() if part.name == name)
        view = "text" if part.kind == "text" else "picture"
        vector = np.full(4, 0.5, np.float32)
        feature = NewFeature("test", view, vector, submission.market, timezone.now().date())
        [id] = get_store().put([feature])
        link([Kept(part, feature, id)])
        return id

    return feature_of
