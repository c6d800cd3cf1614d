"""CenterFace: where in a picture might a face be? Finds nearly every human face, and many a minifigure's too."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from featurestore.encoders.manifest import model_file
from featurestore.encoders.session import open_session

LONG_SIDE = 640
STRIDE = 32  # the network halves five times; sides are padded to a multiple
CELL = 4  # one cell of its output is 4 x 4 pixels
OVERLAP = 0.3
MOST = 200  # cells that are looked at before overlaps are removed; a crowd of 200 is a crowd

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Candidate:
    """A place that may be a face: left, top, right, bottom in pixels of the picture; score 0..1."""

    left: float
    top: float
    right: float
    bottom: float
    score: float


class CenterFace:
    """Reads MODELS_DIR/centerface. Raises ModelMissing."""

    def __init__(self, models_dir: Path) -> None:
        self._session = open_session(model_file(models_dir, "centerface/centerface.onnx"))

    def find(self, picture: Image.Image, threshold: float) -> list[Candidate]:
        """Candidates of an RGB picture at or above the threshold, likeliest first."""
        pixels, scale = _pixels(picture)
        heat, size, offset = self._session.run(["heat", "size", "offset"], {"pixels": pixels})
        boxes, scores = decode(heat[0, 0], size[0], offset[0], threshold)
        kept = suppress(boxes, scores)
        limit = np.array([picture.width, picture.height, picture.width, picture.height], np.float32)
        boxes = np.clip(boxes[kept] / scale, 0, limit)
        return [
            Candidate(float(box[0]), float(box[1]), float(box[2]), float(box[3]), float(score))
            for box, score in zip(boxes, scores[kept], strict=True)
            if box[2] - box[0] >= 1 and box[3] - box[1] >= 1
        ]


def _pixels(picture: Image.Image) -> tuple[NDArray[np.uint8], Floats]:
    """uint8 (1, h, w, 3), padded with black at the right and below, and by what x and y were scaled."""
    factor = min(1.0, LONG_SIDE / max(picture.size))
    width, height = (max(1, round(side * factor)) for side in picture.size)
    small = picture
    if factor < 1:
        small = picture.resize((width, height), Image.Resampling.BILINEAR, reducing_gap=1.0)
    pixels = np.zeros((1, -(-height // STRIDE) * STRIDE, -(-width // STRIDE) * STRIDE, 3), np.uint8)
    pixels[0, :height, :width] = np.asarray(small)
    x, y = width / picture.width, height / picture.height
    return pixels, np.array([x, y, x, y], np.float32)


def decode(heat: Floats, size: Floats, offset: Floats, threshold: float) -> tuple[Floats, Floats]:
    """Boxes (n, 4: left, top, right, bottom) in input pixels and scores (n,), likeliest first.

    heat (h, w): is a face's centre in this cell? size (2, h, w): log of height and width in cells.
    offset (2, h, w): where in the cell (y, x) the centre is.
    """
    rows, columns = np.nonzero(heat >= threshold)
    scores = heat[rows, columns]
    order = np.argsort(-scores, kind="stable")[:MOST]
    rows, columns, scores = rows[order], columns[order], scores[order]
    high, wide = np.exp(size[:, rows, columns]) * CELL
    y, x = (np.stack([rows, columns]) + offset[:, rows, columns] + 0.5) * CELL
    return np.stack([x - wide / 2, y - high / 2, x + wide / 2, y + high / 2], 1).astype(np.float32), scores


def suppress(boxes: Floats, scores: Floats) -> list[int]:
    """Rows that stay when of two that overlap by OVERLAP only the likelier is kept. Boxes come likeliest first."""
    area = (boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1])
    kept: list[int] = []
    for row in range(len(boxes)):
        if kept:
            corner = np.maximum(boxes[kept, :2], boxes[row, :2])
            inside = np.prod(np.clip(np.minimum(boxes[kept, 2:], boxes[row, 2:]) - corner, 0, None), 1)
            if (inside / (area[kept] + area[row] - inside) >= OVERLAP).any():
                continue
        kept.append(row)
    return kept
