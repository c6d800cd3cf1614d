"""What every encoder promises: one picture or text in, one vector out.

A vector belongs to an *encoder version* (name, weights, preprocessing). Two vectors may be compared, or
read by the same head, only when their versions are equal.
"""

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Vectors = NDArray[np.float32]


def plain(version: str) -> str:
    """The encoder whose vectors are in those of `version`: "e-1+votes1" is what a head reads, e-1's vector and more."""
    return version.partition("+")[0]


class ImageEncoder(Protocol):
    """Turns RGB pictures of any size into vectors."""

    name: str
    version: str  # "name-weights8-preprocessing", e.g. "efficientnet-lite2-1f0c9a3b-p1"
    dim: int

    def encode(self, pictures: Sequence[Image.Image]) -> Vectors:
        """Return float32 of shape (len(pictures), dim), finite, in the order given. Batch equals single."""
        ...


class TextEncoder(Protocol):
    """Turns texts in any language into vectors."""

    name: str
    version: str
    dim: int

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Return float32 of shape (len(texts), dim), unit length, in the order given; "" is allowed."""
        ...


class ModelMissing(RuntimeError):
    """A model file is not where it should be, or not what its checksum says. `manage.py prepare_models` mends it."""
