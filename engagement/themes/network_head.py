"""Picture -> probability of each theme by a network that was trained end to end, instead of a head on the encoder."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from engagement.themes import sheet
from featurestore.encoders.session import open_session

KIND = "network"
INPUT, OUTPUT = "pixels", "probability"


class NetworkHead:
    """Reads network.onnx and its sheet. Raises ModelMissing when a file is not what it should be."""

    ground = None  # it has no vectors that distances could be taken of

    def __init__(self, folder: Path) -> None:
        self.sheet, raw = sheet.opened(folder, KIND, ".onnx")
        self._session = open_session(raw)
        self._side = int(self._session.get_inputs()[0].shape[1])

    def look(self, picture: Image.Image) -> NDArray[np.float64]:
        """(themes,), calibrated, in the order of the sheet; sums to 1."""
        return self.look_many([picture])[0]

    def look_many(self, pictures: Sequence[Image.Image]) -> NDArray[np.float64]:
        """(n, themes). One by one: on one thread a batch is not faster, and so it cannot differ."""
        rows = [self._session.run([OUTPUT], {INPUT: self.pixels(picture)[None]})[0][0] for picture in pictures]
        return np.array(rows, np.float64).reshape(len(pictures), len(self.sheet.themes))

    def pixels(self, picture: Image.Image) -> NDArray[np.uint8]:
        """(side, side, 3): squashed, not cut, as in training."""
        side = (self._side, self._side)
        return np.asarray(picture.convert("RGB").resize(side, Image.Resampling.BICUBIC, reducing_gap=2.0))
