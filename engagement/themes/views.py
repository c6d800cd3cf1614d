"""What of a picture is looked at: all of it, without its edge, the thing in it, and the thing alone. Pure.

The thing is found by colour: what is unlike the picture's border, and near its middle. No model is needed for that,
and a table, a baseplate or a catalogue's white are all borders.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy import ndimage

NAMES = ("whole", "near", "box", "alone")
LARGEST = 720  # pixels of a side; the encoder sees fewer
NEAR = 0.8
_SIDE, _COLOURS = 96, 6
_SPREAD = 0.3  # of the picture's side: how far from the middle a thing still is "the thing"
_XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]) / np.array(
    [[0.9505], [1.0], [1.089]]
)


def views(picture: Image.Image) -> Sequence[Image.Image]:
    """RGB pictures in the order of NAMES."""
    whole = picture.convert("RGB")
    whole.thumbnail((LARGEST, LARGEST))
    w, h = whole.size
    edge = (1 - NEAR) / 2
    left, top = round(w * edge), round(h * edge)
    near = whole.crop((left, top, w - left, h - top))
    mask = thing(whole)
    box = _square(mask, w, h)
    grown = ndimage.binary_dilation(ndimage.binary_fill_holes(mask), iterations=2)
    stencil = Image.fromarray((grown * 255).astype(np.uint8)).resize(whole.size, Image.Resampling.BILINEAR)
    alone = Image.composite(whole, Image.new("RGB", whole.size, "white"), stencil)
    return whole, near, whole.crop(box), alone.crop(box)


def thing(picture: Image.Image) -> NDArray[np.bool_]:
    """(96, 96): where the thing is; everywhere when nothing stands out."""
    lab = _lab(np.asarray(picture.resize((_SIDE, _SIDE), Image.Resampling.BILINEAR, reducing_gap=2.0)))
    border = np.ones((_SIDE, _SIDE), bool)
    thick = _SIDE // 16
    border[thick:-thick, thick:-thick] = False
    colours = _colours(lab[border])
    unlike = np.sqrt(((lab[:, :, None] - colours) ** 2).sum(3)).min(2)
    y, x = np.mgrid[:_SIDE, :_SIDE] / (_SIDE - 1) - 0.5
    stands_out = ndimage.gaussian_filter(unlike * np.exp(-(x**2 + y**2) / (2 * _SPREAD**2)), 1.5)
    spots, n = ndimage.label(ndimage.binary_opening(stands_out > max(stands_out.max() * 0.3, 4.0)))
    if not n:
        return np.ones((_SIDE, _SIDE), bool)
    return spots == 1 + int(np.argmax(ndimage.sum(stands_out, spots, range(1, n + 1))))


def _colours(pixels: NDArray[np.float64]) -> NDArray[np.float64]:
    """The border's main colours: k-means from pixels at even distances, so that a picture has one answer."""
    centres = pixels[np.linspace(0, len(pixels) - 1, _COLOURS).astype(int)]
    for _ in range(8):
        nearest = ((pixels[:, None] - centres) ** 2).sum(2).argmin(1)
        centres = np.stack(
            [pixels[nearest == i].mean(0) if (nearest == i).any() else centres[i] for i in range(_COLOURS)]
        )
    return centres


def _square(mask: NDArray[np.bool_], w: int, h: int) -> tuple[int, int, int, int]:
    """The mask's bounding box on the picture, made square and 15 % larger, cut at the picture's edges."""
    ys, xs = np.nonzero(mask)
    top, bottom, left, right = ys.min() * h, (ys.max() + 1) * h, xs.min() * w, (xs.max() + 1) * w
    half = max(bottom - top, right - left) / _SIDE * 1.15 / 2
    y, x = (top + bottom) / 2 / _SIDE, (left + right) / 2 / _SIDE
    first = (min(w - 1, max(0, round(x - half))), min(h - 1, max(0, round(y - half))))
    return (*first, max(first[0] + 1, min(w, round(x + half))), max(first[1] + 1, min(h, round(y + half))))


def _lab(rgb: NDArray[np.uint8]) -> NDArray[np.float64]:
    """sRGB bytes to CIE L*a*b* (D65): distances of colours as eyes see them."""
    share = rgb / 255.0
    linear = np.where(share > 0.04045, ((share + 0.055) / 1.055) ** 2.4, share / 12.92)
    xyz = linear @ _XYZ.T
    f = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.stack([116 * f[..., 1] - 16, 500 * (f[..., 0] - f[..., 1]), 200 * (f[..., 1] - f[..., 2])], axis=-1)
