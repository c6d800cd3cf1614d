"""Reads the QR codes and data matrices of a picture. The reader (zxing-cpp, Apache-2.0) comes whole in its wheel."""

from dataclasses import dataclass

import numpy as np
import zxingcpp
from PIL import Image

_FORMAT = zxingcpp.BarcodeFormat
FORMATS = zxingcpp.BarcodeFormats([_FORMAT.QRCode, _FORMAT.MicroQRCode, _FORMAT.DataMatrix])
LEAST_SIDE = 21  # pixels: a code has at least that many squares a side


@dataclass(frozen=True)
class Code:
    """What a code says, and where it is: left, top, right, bottom in pixels of the picture."""

    text: str
    left: float
    top: float
    right: float
    bottom: float


def read(picture: Image.Image) -> list[Code]:
    """The codes of an RGB picture that can be read, from the top."""
    if min(picture.size) < LEAST_SIDE:
        return []
    found = zxingcpp.read_barcodes(np.asarray(picture.convert("L")), formats=FORMATS)
    return sorted((_code(one) for one in found), key=lambda code: (code.top, code.left))


def _code(found: "zxingcpp.Barcode") -> Code:
    place = found.position
    corners = [place.top_left, place.top_right, place.bottom_right, place.bottom_left]
    x, y = [float(corner.x) for corner in corners], [float(corner.y) for corner in corners]
    return Code(found.text, min(x), min(y), max(x), max(y))
