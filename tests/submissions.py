"""Submissions as they are after the prefilter, without running it."""

import io
import uuid
from collections.abc import Sequence
from datetime import timedelta

from django.core.files.base import ContentFile
from django.utils import timezone
from PIL import Image

from brickmod.access.models import App
from moderation.intake.models import Part, State, Submission
from moderation.prefilter.models import Finding

Found = tuple[str, str, str, str, list[dict[str, object]]]


def picture(colour: str = "teal", size: tuple[int, int] = (64, 48)) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", size, colour).save(file, "JPEG")
    return file.getvalue()


def waiting(
    app: App,
    minutes_left: float = 10,
    title: str = "My car",
    text: str = "",
    pictures: int = 0,
    found: Sequence[Found] = (),
    **fields: object,
) -> Submission:
    """A submission that waits for a person, due in `minutes_left` of its 15 minutes.

    `found` are findings: (part's name, detector, verdict, reason, evidence). `fields` replace the submission's own.
    """
    received = timezone.now() - timedelta(minutes=15 - minutes_left)
    given: dict[str, object] = {
        "app": app,
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
    Finding.objects.bulk_create(
        Finding(
            part=parts[name],
            detector=detector,
            model_version="1",
            verdict=verdict,
            reason=reason,
            evidence=evidence,
            score=0.7,
            threshold=0.6,
            ms=5,
        )
        for name, detector, verdict, reason, evidence in found
    )
    return submission
