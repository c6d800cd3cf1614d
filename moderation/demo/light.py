"""How much lamp and how much room light reaches each place around a model.

The model is put on a grid of small cells. Light falls through the grid layer by layer, each layer shifted towards the
lamp, so a shadow is exact near what casts it and soft further away. Room light is dimmer where much stands close by.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from moderation.demo.shapes import PLATE, Brick

CELLS = 2  # a stud; layers are plates
MARGIN = 14  # studs around the model in which its shadow may fall

Volume = NDArray[np.float32]


@dataclass(frozen=True)
class Light:
    """`full` (layer, x, y) says which cells bricks fill, `lamp` and `room` how much light is there (0..1)."""

    corner: tuple[float, float]
    full: NDArray[np.bool_]
    lamp: Volume
    room: Volume

    def cells(self, points: NDArray[np.float64]) -> NDArray[np.float64]:
        """Places (n, 3) in studs -> coordinates (3, n) in the grid."""
        return np.stack(
            [
                points[:, 2] / PLATE - 0.5,
                (points[:, 0] - self.corner[0]) * CELLS - 0.5,
                (points[:, 1] - self.corner[1]) * CELLS - 0.5,
            ]
        )

    def at(self, points: NDArray[np.float64]) -> tuple[Volume, Volume]:
        where = self.cells(points)
        lamp = ndimage.map_coordinates(self.lamp, where, order=1, mode="nearest")
        room = ndimage.map_coordinates(self.room, where, order=1, mode="nearest")
        return lamp, room

    def is_full(self, points: NDArray[np.float64]) -> NDArray[np.bool_]:
        layer, x, y = np.rint(self.cells(points)).astype(int)
        inside = (layer >= 0) & (layer < self.full.shape[0])
        return inside & self.full[np.clip(layer, 0, self.full.shape[0] - 1), x, y]


def shine(bricks: Sequence[Brick], lamp: NDArray[np.float64]) -> Light:
    """Light for a model under a lamp in direction `lamp` (x, y, z; z > 0)."""
    low = np.floor(np.min([b.low for b in bricks], axis=0)).astype(int) - MARGIN
    high = np.ceil(np.max([b.high for b in bricks], axis=0)).astype(int) + MARGIN
    layers = int(np.ceil(max(b.z + b.h for b in bricks))) + 2
    across, deep = ((high - low)[:2] * CELLS).tolist()
    full = np.zeros((layers, across, deep), dtype=bool)
    for b in bricks:
        x0, x1 = int((b.x - low[0]) * CELLS), int(np.ceil((b.x + b.w - low[0]) * CELLS))
        y0, y1 = int((b.y - low[1]) * CELLS), int(np.ceil((b.y + b.d - low[1]) * CELLS))
        z0, z1 = max(int(b.z), 0), int(np.ceil(b.z + b.h))
        z, x, y = np.ogrid[z0:z1, x0:x1, y0:y1]
        full[z0:z1, x0:x1, y0:y1] |= b.fills(
            ((x + 0.5) / CELLS + low[0]).astype(np.float32),
            ((y + 0.5) / CELLS + low[1]).astype(np.float32),
            ((z + 0.5) * PLATE).astype(np.float32),
        )
    return Light((float(low[0]), float(low[1])), full, _fall(full, lamp), _room(full))


def _fall(full: NDArray[np.bool_], lamp: NDArray[np.float64]) -> Volume:
    lit = np.ones(full.shape, dtype=np.float32)
    shift = lamp[:2] / lamp[2] * PLATE * CELLS
    whole = np.floor(shift).astype(int)
    part = (shift - whole).astype(np.float32)
    for layer in range(full.shape[0] - 2, -1, -1):
        above = lit[layer + 1] * ~full[layer + 1]
        a = _moved(above, whole[0], whole[1])
        b = _moved(above, whole[0] + 1, whole[1])
        c = _moved(above, whole[0], whole[1] + 1)
        d = _moved(above, whole[0] + 1, whole[1] + 1)
        x, y = part
        lit[layer] = (a * (1 - x) + b * x) * (1 - y) + (c * (1 - x) + d * x) * y
    return lit


def _moved(plane: Volume, x: int, y: int) -> Volume:
    """plane[i + x, j + y]; what lies outside is lit."""
    out = np.ones_like(plane)
    w, d = plane.shape
    out[max(-x, 0) : w - max(x, 0), max(-y, 0) : d - max(y, 0)] = plane[
        max(x, 0) : w + min(x, 0), max(y, 0) : d + min(y, 0)
    ]
    return out


def _room(full: NDArray[np.bool_]) -> Volume:
    # The desk itself takes light from below: half a layer of fullness under everything.
    solid = np.pad(full, ((3, 0), (0, 0), (0, 0))).astype(np.float32)
    near = ndimage.uniform_filter(solid, (5, 5, 5))
    wide = ndimage.uniform_filter(solid, (11, 11, 11))
    return np.clip(1.0 - 0.75 * near[3:] - 0.55 * wide[3:], 0.25, 1.0).astype(np.float32)
