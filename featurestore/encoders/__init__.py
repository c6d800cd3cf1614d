"""Picture -> vector and text -> vector, shared by every head.

An encoder is loaded on first use and kept for the life of the process. It is kept under the process's id: a session
that was opened before a fork hangs in the child, so a child never sees what its parent had loaded.
"""

import os
from functools import cache
from typing import TYPE_CHECKING

from django.conf import settings

if TYPE_CHECKING:
    from featurestore.encoders.base import ImageEncoder, TextEncoder


def image_encoder() -> "ImageEncoder":
    """The image encoder of this process. Raises ModelMissing."""
    return _image(os.getpid())


def text_encoder() -> "TextEncoder":
    """The text encoder of this process. Raises ModelMissing."""
    return _text(os.getpid())


def subject_encoder() -> "ImageEncoder":
    """The encoder of this process that sees a picture's subject and hardly what is behind it. Raises ModelMissing."""
    return _subject(os.getpid())


@cache
def _image(pid: int) -> "ImageEncoder":
    from featurestore.encoders.image import load

    return load(settings.MODELS_DIR)


@cache
def _text(pid: int) -> "TextEncoder":
    from featurestore.encoders.text import load

    return load(settings.MODELS_DIR)


@cache
def _subject(pid: int) -> "ImageEncoder":
    from featurestore.encoders.image import load

    return load(settings.MODELS_DIR, "subject")
