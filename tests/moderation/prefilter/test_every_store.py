"""What moderation does to features is the same whatever store is behind it."""

import hashlib
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import numpy as np
import pytest
from django.core.files.storage import default_storage
from django.utils import timezone

from featurestore.store import get_store
from featurestore.store.base import NewFeature, NewLabel
from featurestore.store.erasing import drop_forgotten
from featurestore.store.sealing import compact
from moderation.desk.actions import claim_next, decide, undo
from moderation.intake.models import Submission
from moderation.labelling.asking import choose
from moderation.labelling.models import LabelTask, Question
from moderation.prefilter import actions, days, links
from moderation.prefilter.models import Unsettled
from moderation.search import text_index
from tests.moderation.prefilter.conftest import jpeg
from tests.traces import forms, in_files, in_items, in_tables

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


def markers_of(one: Submission, features: list[UUID]) -> dict[str, bytes]:
    found = forms("author", one.author) | forms("external", one.external_id) | forms("digest", one.content_digest)
    for part in one.parts.all():
        found |= forms(f"id {part.id}", str(part.id)) | forms(f"digest {part.id}", part.digest)
        if part.text:
            found |= forms("title", part.text)
        if part.file:
            data = Path(part.file.path).read_bytes()
            found |= {"picture": data[-200:]} | forms("hash", hashlib.sha256(data).hexdigest())
    for id in (one.id, *features):
        found |= forms(f"id {id}", str(id))
    return found | {f"vector {f.id}": f.vector.tobytes() for f in get_store().get(features)}


def traces(store: str, folder: Path, markers: dict[str, bytes]) -> list[str]:
    found = in_tables(markers) + in_files(folder, markers) + in_files(Path(default_storage.location), markers)
    return found + (in_items(get_store().table.walk(None), markers) if store == "dynamodb" else [])


def test_submitted_decided_undone_decided_erased(any_store, api, send, looked, moderator, tmp_path):
    others = send("other")
    actions.conclude(looked(others))
    one = send("EXTERNALMARK7731", author="AUTHORMARK6641", title="TITLEMARK5518", images=[jpeg("teal", (431, 173))])
    look = looked(one)
    for n, part in enumerate(look.parts):
        part.vectors = [
            (encoder, view, np.array([0.11, 7.3, n, -4.7], np.float32)) for encoder, view, _ in part.vectors
        ]
    actions.conclude(look)
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

    markers = markers_of(one, mine)
    there = {line.split()[0].rstrip(":") for line in traces(any_store, tmp_path, markers)}
    assert there >= {"vector", "id", "author", "title", "external", "digest", "picture"}  # the search is not blind
    assert api.delete(f"/api/v1/submissions/{one.id}/").status_code == 204
    assert drop_forgotten()
    text_index.forget_deleted()  # as the scrub does that every erasure asks for
    assert traces(any_store, tmp_path, markers) == []
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
