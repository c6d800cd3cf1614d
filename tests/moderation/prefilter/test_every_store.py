"""What moderation does to features is the same whatever store is behind it."""

from datetime import timedelta

import numpy as np
import pytest
from django.utils import timezone

from featurestore.store import get_store
from featurestore.store.base import NewFeature, NewLabel
from featurestore.store.sealing import compact
from moderation.desk.actions import claim_next, decide, undo
from moderation.intake.models import Submission
from moderation.labelling.asking import choose
from moderation.labelling.models import LabelTask, Question
from moderation.prefilter import actions, days, links
from moderation.prefilter.models import Unsettled

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]


@pytest.fixture(autouse=True)
def on_its_own(any_store, settings, tmp_path, monkeypatch) -> None:
    settings.KEYS_FOLDER = tmp_path / "keys"
    monkeypatch.setattr("featurestore.store.segments.wake_compaction", lambda: None)


def seal() -> None:
    """With segments: from here on, what is there is read from files."""
    compact()


def everything() -> tuple[dict, list[NewLabel]]:
    pages = list(get_store().walk())
    return {f.id: f for page in pages for f in page.features}, [label for page in pages for label in page.labels]


def words(labels) -> list[tuple[str, str, bool]]:
    return [(label.task, label.value, label.withdrawn) for label in labels]


def test_submitted_decided_undone_decided_erased(any_store, api, send, looked, moderator):
    others = send("other")
    actions.conclude(looked(others))
    one = send("mine")
    actions.conclude(looked(one))
    seal()
    mine = links.features_of(list(one.parts.all()))
    assert [feature.view for feature in sorted(get_store().get(mine), key=lambda f: f.view)] == ["picture", "text"]
    Submission.objects.filter(id=one.id).update(priority=2)

    row = claim_next(moderator)
    assert row.id == one.id
    decision = decide(moderator, row, "reject", ["rude"])
    assert words(get_store().said(mine)) == [("profanity", "yes", False)]
    seal()
    undo(moderator, decision)
    assert words(get_store().said(mine)) == [("profanity", "yes", False), ("profanity", "no", True)]
    assert len(get_store().dataset("profanity", "test-text")) == 0
    decide(moderator, Submission.objects.get(id=one.id), "approve")
    assert list(get_store().dataset("profanity", "test-text").y) == ["no"]
    seal()

    assert api.delete(f"/api/v1/submissions/{one.id}/").status_code == 204
    left, said = everything()
    assert not set(mine) & set(left)
    assert len(left) == 2
    assert said == []
    assert len(get_store().dataset("profanity", "test-text")) == 0
    assert not Unsettled.objects.filter(feature__in=mine).exists()
    seal()
    assert sum(len(batch.x) for batch in get_store().stream("test-text")) == 1


def test_a_verdict_that_fails_leaves_no_vector(send, looked, monkeypatch):
    one = send()
    monkeypatch.setattr(actions, "emit", lambda *_, **__: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        actions.conclude(looked(one))
    assert everything() == ({}, [])


def test_a_day_is_settled(send, looked, moderator):
    for n in range(3):
        one = send(f"n{n}")
        actions.conclude(looked(one))
    decide(moderator, claim_next(moderator), "approve")
    old, before = everything()
    seal()
    assert days.settle_days(timezone.now() + timedelta(days=4)) == 6
    new, said = everything()
    assert len(new) == 6
    assert not set(old) & set(new)
    assert sorted(words(said)) == sorted(words(before)) != []
    assert {label.feature for label in said} <= set(new)
    assert {feature.day.day for feature in new.values()} == {1}  # fewer than K: they say no more than their month
    assert {feature.market for feature in new.values()} == {""}
    seal()
    assert sum(len(batch.x) for batch in get_store().stream("test-text")) == 3


def test_questions_about_what_leads_nowhere(db):
    task = LabelTask.objects.get(task="face")
    today = timezone.now().date()
    rng = np.random.default_rng(1)
    x = rng.normal(size=(50, 4)).astype(np.float32)
    new = [NewFeature("test", "picture", row, "DK", today) for row in x]
    ids = get_store().put([*new, *(NewFeature("text", "text", row, "DK", today) for row in x)])[:50]
    get_store().label([NewLabel(id, "face", "no", "moderator", 1, today) for id in ids[:40]])
    seal()
    assert choose(task, seed=1) == 50
    asked = {question.feature: question for question in Question.objects.all()}
    assert set(asked) == set(ids)
    assert all(question.near for question in asked.values())
