"""What can be measured of a picture in two milliseconds. All at 320 pixels; all light values are 0..255."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

SIDE = 320
BLOCK = 16
EDGES = 24  # the blocks with most contrast decide on sharpness: with shallow depth only the build is sharp
ALIKE = 8  # light values that differ by less look the same
FRAMED = 0.8  # share of a row that has the frame's colour: a clock and a battery sign may be in it
OPEN = 0.35  # share of a row of the picture in the frame that may have it too

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Measures:
    """dark, bright: light that 1 % and 99 % of the pixels stay under. spread: widest such range of red, green and blue.

    contrast: range of light in the most contrasty blocks (median of EDGES). sharpness: there, the steepest step over
    the range; 1 = an edge of one pixel, 0.1 = an edge of ten. top, bottom, left, right: bands of a frame, as shares.
    """

    mean: float
    dark: float
    bright: float
    spread: float
    contrast: float
    sharpness: float
    top: float
    bottom: float
    left: float
    right: float


def measure(picture: Image.Image) -> Measures:
    """Measures of an RGB picture of any size."""
    small = picture
    if (factor := max(picture.size) // SIDE) > 1:
        small = picture.reduce(factor)
    if max(small.size) > SIDE:
        small = small.resize(
            (max(1, round(small.width * SIDE / max(small.size))), max(1, round(small.height * SIDE / max(small.size)))),
            Image.Resampling.BILINEAR,
        )
    light = np.asarray(small.convert("L")).astype(np.float32)
    low, high = _range_of_colours(small)
    histogram = np.cumsum(np.bincount(light.astype(np.uint8).ravel(), minlength=256)) / light.size
    contrast, sharpness = _edges(light)
    return Measures(
        mean=float(light.mean()),
        dark=float(np.searchsorted(histogram, 0.01)),
        bright=float(np.searchsorted(histogram, 0.99)),
        spread=float((high - low).max()),
        contrast=contrast,
        sharpness=sharpness,
        top=band(light),
        bottom=band(light[::-1]),
        left=band(light.T),
        right=band(light.T[::-1]),
    )


def _range_of_colours(picture: Image.Image) -> tuple[Floats, Floats]:
    """Values that 1 % and 99 % of the pixels of each channel stay under, as (3,) each."""
    counts = np.array(picture.histogram(), np.float32).reshape(3, 256)
    shares = np.cumsum(counts, 1) / counts[0].sum()
    return (shares < 0.01).sum(1).astype(np.float32), (shares < 0.99).sum(1).astype(np.float32)


def _edges(light: Floats) -> tuple[float, float]:
    """Contrast and sharpness of the blocks with most contrast."""
    high, wide = (max(1, side // BLOCK) * BLOCK for side in light.shape)
    light = np.pad(light, [(0, max(0, high - light.shape[0])), (0, max(0, wide - light.shape[1]))], mode="edge")
    light = light[:high, :wide]
    down = np.abs(np.diff(light, axis=0, append=light[-1:]))
    right = np.abs(np.diff(light, axis=1, append=light[:, -1:]))
    steps = np.maximum(down, right)

    def blocks(values: Floats) -> Floats:
        return values.reshape(high // BLOCK, BLOCK, wide // BLOCK, BLOCK).swapaxes(1, 2).reshape(-1, BLOCK * BLOCK)

    squares = blocks(light)
    ranges = squares.max(1) - squares.min(1)
    best = np.argsort(-ranges, kind="stable")[:EDGES]
    sharp = blocks(steps).max(1)[best] / np.maximum(ranges[best], 1)
    return float(np.median(ranges[best])), float(np.quantile(sharp, 0.75))


def band(light: Floats) -> float:
    """Height, as a share, of a band of one colour at the top that ends where a picture begins along a straight edge.

    0 where there is none: a white wall behind a build ends where the build begins, never along one straight line from
    side to side. The colour is that of the outermost rows; a clock and a battery sign may be in it.
    """
    colour = np.median(light[: max(1, len(light) // 50)])
    share = (np.abs(light - colour) < ALIKE).mean(1)
    inside = share >= FRAMED
    if not inside[0] or inside.all():
        return 0.0
    end = int(np.argmin(inside))
    after = share[end + 1 : end + 4]  # the row of the edge itself may be a mixture
    return end / len(light) if len(after) and (after <= OPEN).all() else 0.0
