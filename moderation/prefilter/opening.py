"""Opens a submission's parts for the detectors: pictures from their previews, a video as its keyframes."""

import io

from PIL import Image

from moderation.detectors.base import Finding, Picture, Text
from moderation.intake.keyframes import keyframes
from moderation.intake.models import Part, PartKind, Submission
from moderation.prefilter.looking import Made, PartLook, SubmissionLook

KEYFRAMES = 16


def open_submission(submission: Submission) -> SubmissionLook:
    """Every part, opened. One that cannot be opened gets an "error" finding and waits for a person."""
    return SubmissionLook(submission, [_open(part) for part in submission.parts.all()])


def _open(part: Part) -> PartLook:
    language = part.submission.language
    try:
        if part.kind == PartKind.TEXT:
            return PartLook(part, [Text(part.text, language)])
        if part.kind == PartKind.IMAGE:
            return PartLook(part, [Picture(read_picture(part))])
        with part.file.open("rb") as file:
            frames = keyframes(file.file, KEYFRAMES)
        return PartLook(part, [Picture(frame) for _, frame in frames], [seconds for seconds, _ in frames])
    except Exception as error:
        finding = Finding("open", "error", 0.0, 1.0, note=f"could not be opened: {type(error).__name__}")
        return PartLook(part, [], made=[Made(finding, "1", 0.0)])


def read_picture(part: Part) -> Image.Image:
    """The picture as detectors see it: RGB, upright, long side at most 1280."""
    with part.preview.open("rb") as file:
        return decode_preview(file.read())


def decode_preview(data: bytes) -> Image.Image:
    """The RGB picture of a preview that intake made."""
    picture = Image.open(io.BytesIO(data))
    picture.load()
    return picture if picture.mode == "RGB" else picture.convert("RGB")
