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
from engagement.themes.ground import Ground
from engagement.themes.text_head import softmax
from engagement.themes.views import views
from featurestore.encoders import image_encoder, subject_encoder
from featurestore.encoders.base import ImageEncoder, ModelMissing

Seen = NDArray[np.float32]  # (n, views, dim)


class PictureHead:
    """`score` gives calibrated probabilities. Raises ModelMissing when its file is not what it should be."""

    def __init__(self, folder: Path, encoder: str | None = None) -> None:
        self.sheet, arrays = sheet.read(folder, "image", encoder)
        self._arrays = {name: array.astype(np.float32) for name, array in arrays.items()}
        self.ground = Ground.of(arrays)  # of the encoder in metrics["ground"], whichever the head looks with

    @classmethod
    def beside_its_encoder(cls, folder: Path) -> "PictureHead":
        """One that can look. Raises ModelMissing when no encoder of this process is the one that it reads."""
        head = cls(folder)
        head._eye()
        return head

    def _eye(self) -> tuple[str, ImageEncoder]:
        """What its encoder is called in VIEWS, and the encoder."""
        for which, encoder in (("image", image_encoder), ("subject", subject_encoder)):
            if encoder().version == self.sheet.encoder:
                return which, encoder()
        raise ModelMissing(f"The theme head {self.sheet.name} reads {self.sheet.encoder}, and no encoder here is that.")

    def score(self, vectors: Seen) -> NDArray[np.float64]:
        """(n, themes) from what `seen` gives; rows sum to 1."""
        return softmax(logits(self._arrays, vectors))

    def look(self, picture: Image.Image) -> NDArray[np.float64]:
        """(themes,): what it says of one picture, by the encoder of this process."""
        which, encoder = self._eye()
        return self.score(seen(encoder, [picture], which))[0]


def logits(arrays: sheet.Arrays, vectors: Seen) -> NDArray[np.floating]:
    """(n, themes). `means` (kinds of picture, views, dim), `gate` (dim, kinds), `share` (views,) how much
    each view counts, `weight` (dim, themes)."""
    kind = softmax(vectors[:, 0] @ arrays["gate"] + arrays["gate_bias"])
    usual = np.einsum("nk,kvd->nvd", kind, arrays["means"])
    return np.einsum("nvd,v->nd", vectors - usual, arrays["share"]) @ arrays["weight"] + arrays["bias"]


# What each encoder is shown (views.NAMES). The subject encoder finds the middle of a picture by itself.
VIEWS = {"image": (0, 1, 2, 3), "subject": (0, 2, 3)}


def seen(encoder: ImageEncoder, pictures: Sequence[Image.Image], which: str = "image") -> Seen:
    """The vectors of every view of each picture; `which` of VIEWS the encoder is."""
    return np.stack(
        [encoder.encode([made[at] for at in VIEWS[which]]) for made in (views(picture) for picture in pictures)]
    )
