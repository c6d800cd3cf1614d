"""The overlap of two encoders: the same pictures or texts read by both."""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from featurestore.encoders import image, image_encoder, text, text_encoder
from moderation.detectors.base import Picture, Text
from moderation.intake.models import Part, PartKind
from moderation.prefilter.evaluation import CannotEvaluate
from moderation.prefilter.opening import read_picture

Vector = NDArray[np.float32]
Reader = Callable[[Picture | Text], Vector]
REHEARSALS = ("last-block", "centre-cut")
LAST_BLOCK = slice(1280, None)  # see featurestore/encoders/image_export.py: pooled head, then pooled last block


def readers(kind: str, old_models: Path | None, rehearse: str | None) -> tuple[str, Reader, str, Reader]:
    """(old version, its reader, new version, its reader). The new one is in MODELS_DIR. Raises CannotEvaluate."""
    if bool(old_models) == bool(rehearse):
        raise CannotEvaluate("Give --old-models DIR, the folder in which the old encoder lies, or --rehearse.")
    if kind == "text":
        if old_models is None:
            raise CannotEvaluate("A rehearsal is for pictures.")
        old, new = text.load(old_models), text_encoder()
        return old.version, _texts(old.encode), new.version, _texts(new.encode)
    new_images = image_encoder()
    read_new = _pictures(new_images.encode)
    if old_models:
        old_images = image.load(old_models)
        return old_images.version, _pictures(old_images.encode), new_images.version, read_new
    return f"{new_images.version}-{rehearse}", _rehearsed(rehearse or "", read_new), new_images.version, read_new


def _pictures(encode: Callable[[list[Image.Image]], Vector]) -> Reader:
    return lambda part: encode([part.image])[0]  # type: ignore[union-attr]


def _texts(encode: Callable[[list[str]], Vector]) -> Reader:
    return lambda part: encode([part.text])[0]  # type: ignore[union-attr]


def _rehearsed(name: str, read: Reader) -> Reader:
    """An encoder that could have been the old one: half of today's network, or today's with another preprocessing."""
    if name == "last-block":
        return lambda part: read(part)[LAST_BLOCK]
    return lambda part: read(Picture(_centre(part.image)))  # type: ignore[union-attr]


def _centre(picture: Image.Image) -> Image.Image:
    side = min(picture.size)
    left, top = (picture.width - side) // 2, (picture.height - side) // 2
    return picture.crop((left, top, left + side, top + side))


def held(most: int) -> Iterator[Picture]:
    """The newest pictures that the house still has; they are read in memory and nothing of them is kept."""
    for part in Part.objects.filter(kind=PartKind.IMAGE).order_by("-submission__received_at", "pk")[:most]:
        try:
            yield Picture(read_picture(part))
        except (OSError, ValueError):  # erased meanwhile
            continue


def read_both(parts: Iterable[Picture | Text], old: Reader, new: Reader) -> tuple[Vector, Vector]:
    """(n, old dim) and (n, new dim)."""
    pairs = [(old(part), new(part)) for part in parts]
    if not pairs:
        return np.zeros((0, 0), np.float32), np.zeros((0, 0), np.float32)
    return np.stack([pair[0] for pair in pairs]), np.stack([pair[1] for pair in pairs])
