"""Where in a picture could bare skin be? A measure of one millisecond that spares most pictures of bricks the models.

Skin of every tone lies in a small range of chrominance (Chai and Ngan 1999, 10.1109/76.767122); so do wood and tan
bricks. So it only ever says where to look. In a picture without colour it cannot tell, and says: look.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

SIDE = 96
STEPS = (0.0, 0.25, 0.5)  # windows of half the width and height, each overlapping its neighbours by half
BLUE = (77, 127)
RED = (138, 173)  # the paper begins at 133; from there to 138 there is little skin and much wood
LIGHT = 40  # below it is too dark to show anything
COLOURLESS = 4  # a grey photo has no chrominance further from grey; grey bricks before a white wall have, somewhere


@dataclass(frozen=True)
class Window:
    """A place, in shares of the picture's width and height, and the share of it that could be skin."""

    x: float
    y: float
    w: float
    h: float
    skin: float


def windows(picture: Image.Image) -> list[Window]:
    """The nine windows of an RGB picture, those with most skin first."""
    could_be = _mask(picture)
    high, wide = could_be.shape
    found = []
    for y in STEPS:
        for x in STEPS:
            top, left = int(y * high), int(x * wide)
            part = could_be[top : max(top + 1, int((y + 0.5) * high)), left : max(left + 1, int((x + 0.5) * wide))]
            found.append(Window(x, y, 0.5, 0.5, float(part.mean())))
    return sorted(found, key=lambda window: -window.skin)


def cut(picture: Image.Image, window: Window) -> Image.Image:
    """At least one pixel."""
    left, top = int(window.x * picture.width), int(window.y * picture.height)
    right = max(left + 1, int((window.x + window.w) * picture.width))
    bottom = max(top + 1, int((window.y + window.h) * picture.height))
    return picture.crop((left, top, right, bottom))


def _mask(picture: Image.Image) -> NDArray[np.bool_]:
    small = picture
    if (factor := max(picture.size) // SIDE) > 1:
        small = picture.reduce(factor)
    values = np.asarray(small.convert("YCbCr")).astype(np.int16)
    light, blue, red = values[..., 0], values[..., 1], values[..., 2]
    seen = light >= LIGHT
    without = (np.abs(blue - 128) < COLOURLESS) & (np.abs(red - 128) < COLOURLESS)
    if without.mean() > 0.999:
        # A grey photo: whatever is neither black nor blown out.
        return np.asarray(seen & (light < 235))
    return np.asarray(seen & (blue >= BLUE[0]) & (blue <= BLUE[1]) & (red >= RED[0]) & (red <= RED[1]))
