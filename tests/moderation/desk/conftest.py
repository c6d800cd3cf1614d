"""Submissions that wait, and several people at once."""

import io
import sqlite3
import threading
import uuid
from collections.abc import Callable, Iterator
from datetime import timedelta

import numpy as np
import pytest
from django.core.files.base import ContentFile
from django.db import connection, connections
from django.utils import timezone
from PIL import Image

from featurestore.store import get_store
from featurestore.store.base import NewFeature
from moderation.intake.models import Part, State, Submission
from moderation.prefilter.links import link
from moderation.prefilter.models import Finding


def picture(colour: str = "teal", size: tuple[int, int] = (64, 48)) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", size, colour).save(file, "JPEG")
    return file.getvalue()


@pytest.fixture
def waiting(calling_app) -> Callable[..., Submission]:
    """waiting(minutes_left=10, title="…", pictures=1, found=[…], **fields): a submission that waits for a person.

    `found` are findings: (part's name, detector, verdict, reason, evidence).
    """

    def waiting(
        minutes_left: float = 10, title: str = "My car", text: str = "", pictures: int = 0, found=(), **fields
    ) -> Submission:
        received = timezone.now() - timedelta(minutes=15 - minutes_left)
        given = {
            "app": calling_app,
            "external_id": uuid.uuid4().hex,
            "author": "nord-417",
            "market": "DK",
            "language": "da",
            "state": State.QUEUED,
            "received_at": received,
            "prefiltered_at": received + timedelta(seconds=1),
            "review_due_at": received + timedelta(minutes=15),
        }
        submission = Submission.objects.create(**(given | fields))
        texts = [(role, said) for role, said in (("title", title), ("text", text)) if said]
        parts = {
            role: Part.objects.create(submission=submission, kind="text", position=n, role=role, text=said, digest="")
            for n, (role, said) in enumerate(texts)
        }
        for n in range(pictures):
            part = Part(submission=submission, kind="image", position=n, width=64, height=48, digest="")
            part.file.save("p.jpg", ContentFile(picture()), save=False)
            part.preview.save("p.jpg", ContentFile(picture()), save=False)
            part.save(force_insert=True)
            parts[part.name] = part
        for name, detector, verdict, reason, evidence in found:
            Finding.objects.create(
                part=parts[name], detector=detector, model_version="1", verdict=verdict, reason=reason,
                evidence=evidence, score=0.7, threshold=0.6, ms=5,
            )  # fmt: skip
        return submission

    return waiting


@pytest.fixture
def feature_of() -> Callable:
    """feature_of(submission, "text"): the id of a new feature that is linked to that part."""

    def feature_of(submission: Submission, name: str) -> uuid.UUID:
        part = next(part for part in submission.parts.all() if part.name == name)
        view = "text" if part.kind == "text" else "picture"
        vector = np.full(4, 0.5, np.float32)
        [id] = get_store().put([NewFeature("test", view, vector, submission.market, timezone.now().date())])
        link([(part, id)])
        return id

    return feature_of


@pytest.fixture
def at_once(transactional_db, tmp_path) -> Iterator[Callable]:
    """at_once(*calls): every call in a thread of its own, begun together. Returns what each gave or raised.

    Ask for it before anything that makes rows: on SQLite the test's database in memory, which threads cannot share as
    processes share a file, is copied to a file for as long as the test lasts.
    """
    kept = None
    name = connection.settings_dict["NAME"]
    if connection.vendor == "sqlite" and connection.is_in_memory_db():
        connection.ensure_connection()
        kept = connection.connection
        file = tmp_path / "shared.sqlite3"
        with sqlite3.connect(file) as copy:
            kept.backup(copy)
        copy.close()
        connection.connection = None
        connections.settings["default"]["NAME"] = str(file)

    def at_once(*calls: Callable) -> list:
        barrier = threading.Barrier(len(calls))
        answers: list = [None] * len(calls)

        def run(n: int, call: Callable) -> None:
            try:
                barrier.wait()
                answers[n] = call()
            except Exception as error:
                answers[n] = error
            finally:
                connections.close_all()

        threads = [threading.Thread(target=run, args=item) for item in enumerate(calls)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return answers

    yield at_once
    if kept is not None:
        connection.close()
        connections.settings["default"]["NAME"] = name
        connection.connection = kept
