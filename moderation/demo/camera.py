"""A camera with a long lens, looking down on the desk from +x, +y and above."""

from dataclasses import dataclass
from math import cos, radians, sin

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating]


@dataclass(frozen=True)
class Camera:
    """`axes` are rows right, down, forward; `focal` and `middle` are pixels."""

    eye: Array
    axes: Array
    focal: float
    middle: tuple[float, float]

    def project(self, points: Array) -> Array:
        """(n, 3) places in studs -> (n, 2) pixels."""
        seen = (points - self.eye) @ self.axes.T
        return seen[:, :2] / seen[:, 2:] * self.focal + self.middle

    def scale_at(self, points: Array) -> Array:
        """(n, 3) -> (n,) pixels that one stud measures there."""
        return self.focal / ((points - self.eye) @ self.axes[2])

    @property
    def sunk(self) -> float:
        """How flat a circle on the desk looks: height over width."""
        return float(-self.axes[2][2])

    def rays(self, columns: Array, rows: Array) -> Array:
        """Directions (…, 3), not normalised, through pixels."""
        across, down = (columns - self.middle[0]) / self.focal, (rows - self.middle[1]) / self.focal
        return across[..., None] * self.axes[0] + down[..., None] * self.axes[1] + self.axes[2]

    def ground_to_map(self, corner: Array, to_map: Array, shrink: float = 1.0) -> tuple[float, ...]:
        """Eight coefficients for Pillow's PERSPECTIVE transform of a map of the desk.

        A place p on the desk (x, y in studs) is the map's pixel to_map @ (p - corner). `shrink` > 1: the picture that
        is to be filled is that many times smaller than the camera's.
        """
        # The ray through a pixel is linear in it, and so are numerator and denominator of where it meets the desk.
        toward = np.column_stack(
            [
                self.axes[0] * shrink / self.focal,
                self.axes[1] * shrink / self.focal,
                self.axes[2] - self.axes[0] * self.middle[0] / self.focal - self.axes[1] * self.middle[1] / self.focal,
            ]
        )
        bottom = toward[2]
        rows = to_map @ np.stack([self.eye[k] * bottom - self.eye[2] * toward[k] - corner[k] * bottom for k in (0, 1)])
        (a, b, c), (d, e, f) = rows / bottom[2]
        g, h, _ = bottom / bottom[2]
        return tuple(float(v) for v in (a, b, c, d, e, f, g, h))


def aim(
    low: Array,
    high: Array,
    size: tuple[int, int],
    azimuth: float,
    elevation: float,
    share: float,
    shift: tuple[float, float] = (0, 0),
) -> Camera:
    """A camera that shows the box low..high in `share` of the picture; degrees, azimuth from +x towards +y."""
    target = (low + high) / 2
    turn, tilt = radians(azimuth), radians(elevation)
    toward = np.array([cos(turn) * cos(tilt), sin(turn) * cos(tilt), sin(tilt)])
    right = np.array([-sin(turn), cos(turn), 0.0])
    forward = -toward
    axes = np.stack([right, np.cross(forward, right), forward])
    # Far enough that every brick's far sides are hidden ones: the order of drawing relies on it.
    eye = target + toward * float(np.linalg.norm(high - low)) * 2.6
    corners = np.array(
        [[(low, high)[i][0], (low, high)[j][1], (low, high)[k][2]] for i in (0, 1) for j in (0, 1) for k in (0, 1)]
    )
    bare = Camera(eye, axes, 1.0, (0.0, 0.0)).project(corners)
    least, most = bare.min(0), bare.max(0)
    focal = share * float((np.array(size) / (most - least)).min())
    centre = (least + most) / 2 * focal
    middle = (size[0] * (0.5 + shift[0]) - centre[0], size[1] * (0.5 + shift[1]) - centre[1])
    return Camera(eye, axes, focal, (float(middle[0]), float(middle[1])))
