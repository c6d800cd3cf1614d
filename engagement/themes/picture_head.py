"""Picture -> probability of each theme, from the encoder's vectors of a few views of it.

A phone's picture of a figure is mostly table, and a catalogue's is not: what the two kinds of picture have in common
is taken out before themes are told apart. Which kind a picture is, the head judges from the picture.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from engagement.themes import sheet
from engagement.themes.text_head import softmax
from engagement.themes.views import views
from featurestore.encoders import image_encoder
from featurestore.encoders.base import ImageEncoder

Seen = NDArray[np.float32]  # (n, views, dim)


class PictureHead:
    """`score` gives calibrated probabilities. Raises ModelMissing when its file is not what it should be."""

    def __init__(self, folder: Path, encoder: str | None = None) -> None:
        self.sheet, arrays = sheet.read(folder, "image", encoder)
        self._arrays = {name: array.astype(np.float32) for name, array in arrays.items()}

    def score(self, vectors: Seen) -> NDArray[np.float64]:
        """(n, themes) from what `seen` gives; rows sum to 1."""
        return softmax(logits(self._arrays, vectors))

    def look(self, picture: Image.Image) -> NDArray[np.float64]:
        """(themes,): what it says of one picture, by the encoder of this process."""
        return self.score(seen(image_encoder(), [picture]))[0]


def logits(arrays: sheet.Arrays, vectors: Seen) -> NDArray[np.floating]:
    """(n, themes). `means` (kinds of picture, views, dim), `gate` (dim, kinds), `share` (views,) how much
    each view counts, `weight` (dim, themes)."""
    kind = softmax(vectors[:, 0] @ arrays["gate"] + arrays["gate_bias"])
    usual = np.einsum("nk,kvd->nvd", kind, arrays["means"])
    return np.einsum("nvd,v->nd", vectors - usual, arrays["share"]) @ arrays["weight"] + arrays["bias"]


def seen(encoder: ImageEncoder, pictures: Sequence[Image.Image]) -> Seen:
    """The vectors of every view of each picture."""
    return np.stack([encoder.encode(views(picture)) for picture in pictures])
