"""Something hidden, and what was in it."""

import uuid
from collections.abc import Callable
from functools import partial

import numpy as np
import pytest
from django.utils import timezone

from featurestore.store import get_store
from featurestore.store.base import NewFeature
from moderation.desk.restricting import restrict
from moderation.intake.models import Submission
from moderation.prefilter.links import Kept, link
from moderation.restricted.models import Case
from tests import submissions

SECRET = "the words that nobody reads again"


@pytest.fixture
def waiting(calling_app) -> Callable[..., Submission]:
    return partial(submissions.waiting, calling_app)


@pytest.fixture
def bad(waiting) -> Submission:
    """Waits for a person: a title, a text, two pictures, a finding, and a feature with its link."""
    found = [("image:0", "nudity", "flag", "nudity", [{"x": 0.1, "y": 0.1, "w": 0.2, "h": 0.2, "label": "it"}])]
    one = waiting(title=SECRET, text=SECRET, pictures=2, found=found)
    part = one.parts.get(kind="image", position=0)
    feature = NewFeature("test", "picture", np.full(4, 0.5, np.float32), "DK", timezone.now().date())
    [id] = get_store().put([feature])
    link([Kept(part, feature, id)])
    one.feature = id
    return one


@pytest.fixture
def hidden(bad, moderator) -> Case:
    return restrict(moderator, bad)


@pytest.fixture
def kept(hidden) -> Case:
    from moderation.restricted.preserving import preserve

    assert preserve(hidden), Case.objects.get(id=hidden.id).problem
    hidden.refresh_from_db()
    return hidden


@pytest.fixture
def ids(bad) -> dict[str, list[uuid.UUID]]:
    """Its parts' ids, asked before they are gone."""
    return {"parts": list(bad.parts.values_list("id", flat=True))}
