"""The image encoder as it runs: bytes in, vectors out, by onnxruntime on one thread."""

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image

from featurestore.encoders.base import Vectors
from featurestore.encoders.manifest import model_file
from featurestore.encoders.session import open_session


class OnnxImageEncoder:
    """Reads MODELS_DIR/`folder` (made by `manage.py prepare_models`). See ImageEncoder for what it promises."""

    def __init__(self, models_dir: Path, folder: str = "image") -> None:
        sheet = json.loads(model_file(models_dir, f"{folder}/encoder.json").read_text())
        self.name: str = sheet["name"]
        self.version: str = sheet["version"]
        self.dim: int = sheet["dim"]
        self._side: int = sheet["side"]
        self._session = open_session(model_file(models_dir, f"{folder}/encoder.onnx"))

    def encode(self, pictures: Sequence[Image.Image]) -> Vectors:
        """float32 (len(pictures), dim). One by one: on one thread a batch is not faster, and so it cannot differ."""
        out = np.empty((len(pictures), self.dim), np.float32)
        for row, picture in enumerate(pictures):
            out[row] = self._session.run(["vector"], {"pixels": self._pixels(picture)[None]})[0][0]
        return out

    def _pixels(self, picture: Image.Image) -> np.ndarray:
        """uint8 (side, side, 3). The picture is squashed, not cut: what is at its edge counts too."""
        side = (self._side, self._side)
        rgb = picture if picture.mode == "RGB" else picture.convert("RGB")
        return np.asarray(rgb.resize(side, Image.Resampling.BICUBIC, reducing_gap=2.0))


def load(models_dir: Path, folder: str = "image") -> OnnxImageEncoder:
    """`folder`: "image", or "subject" for the encoder that leaves out what is behind a thing.

    Raises ModelMissing when a file is missing or is not what the manifest says.
    """
    return OnnxImageEncoder(models_dir, folder)
