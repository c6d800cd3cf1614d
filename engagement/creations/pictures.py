"""A creation's picture as it may be shown: its submission's preview, or what its pointer leads to, made anew."""

from io import BytesIO

from django.conf import settings

from engagement.creations.models import Creation
from featurestore.pointers.fetching import Fetcher, Outcome
from featurestore.pointers.manifest import Pointer
from moderation.intake.bad_file import BadFile
from moderation.intake.models import PartKind
from moderation.intake.pictures import clean_picture

SECONDS = 4.0  # for a picture that lies elsewhere: a person waits for it


def picture_of(creation: Creation) -> bytes | None:
    """JPEG of at most 1280 pixels; None where there is none, or it is gone. It never raises for that."""
    if creation.submission_id:
        part = creation.submission.parts.filter(kind=PartKind.IMAGE).first()  # type: ignore[union-attr]
        try:
            with part.preview.open("rb") as file:  # type: ignore[union-attr]
                return bytes(file.read())
        except (AttributeError, ValueError, FileNotFoundError):
            return None
    if not creation.image_url:
        return None
    pointer = Pointer("", creation.published_at.date(), url=creation.image_url)
    got = Fetcher(seconds=SECONDS, retries=0, most=settings.MAX_PICTURE_BYTES).fetch(pointer)
    if got.outcome is not Outcome.OK:
        return None
    try:
        return clean_picture(BytesIO(got.data), settings.MAX_PICTURE_BYTES, settings.MAX_PIXELS).preview
    except BadFile:
        return None
