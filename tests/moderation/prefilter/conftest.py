"""Submissions as the executor leaves them, without running a model."""

import io

import numpy as np
import pytest
from PIL import Image

from moderation.detectors.base import Finding, Picture
from moderation.intake.actions import Upload, submit
from moderation.prefilter.looking import Made, PartLook, SubmissionLook


def jpeg(colour: str = "white", size: tuple[int, int] = (320, 240)) -> io.BytesIO:
    out = io.BytesIO()
    Image.new("RGB", size, colour).save(out, "JPEG")
    out.seek(0)
    return out


@pytest.fixture
def send(calling_app):
    """Submit an upload: send("id-1", title="…", images=[…])."""

    def send(external_id: str = "one", **fields):
        fields = {"author": "a1", "market": "DK", "language": "da", "title": "Min bil", "images": [jpeg()], **fields}
        return submit(calling_app, Upload(external_id=external_id, **fields))[0]

    return send


@pytest.fixture
def looked():
    """A look at a submission with given verdicts: looked(submission, image="reject")."""

    def looked(submission, image: str = "pass", text: str = "pass") -> SubmissionLook:
        parts = []
        for part in submission.parts.all():
            verdict = text if part.kind == "text" else image
            name, reason = ("profanity", "rude") if part.kind == "text" else ("quality", "bad_picture")
            finding = Finding(name, verdict, 0.9, 0.5, reason if verdict in {"flag", "reject"} else "")
            view = "text" if part.kind == "text" else "picture"
            vector = np.full(4, 0.5, np.float32)
            look = PartLook(part, [Picture(Image.new("RGB", (8, 8)))], made=[Made(finding, "1", 2.0)])
            look.vectors.append((f"test-{view}", view, vector))
            parts.append(look)
        return SubmissionLook(submission, parts)

    return looked
