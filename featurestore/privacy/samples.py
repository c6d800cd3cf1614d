"""What the report is measured on: pictures and texts that are public, and stand for those of children."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

from django.conf import settings
from django.utils.module_loading import import_string
from PIL import Image


@dataclass(frozen=True)
class Samples:
    """`public` is what an attacker has too; `stored` is what lies in the store. Labels are themes, one a picture.

    `again`: for each of the first pictures of `stored`, another picture by the same author, of the same build.
    `texts` are stored, `markets` say where each came from; `public_texts` are of the same languages.
    """

    public: list[Image.Image]
    public_labels: list[str]
    stored: list[Image.Image]
    stored_labels: list[str]
    again: list[Image.Image]
    public_texts: list[str]
    texts: list[str]
    markets: list[str]


def samples(scale: float, seed: int) -> Samples:
    """From whatever room the settings name; `scale` 1 is the usual size."""
    make = cast(Callable[[float, int], Samples], import_string(settings.PRIVACY_SAMPLES))
    return make(scale, seed)
