"""Printed parts: eyes, smiles, lamps, badges; outlines on the side of a brick."""

from math import cos, pi, sin

import numpy as np
from numpy.typing import NDArray

from moderation.demo.shapes import Brick, Mark


def _unit(shape: str) -> list[tuple[float, float]]:
    """The outline within -0.5..0.5."""
    if shape == "disc":
        return [(0.5 * cos(2 * pi * i / 24), 0.5 * sin(2 * pi * i / 24)) for i in range(24)]
    if shape == "star":
        return [((0.5, 0.21)[i % 2] * sin(pi * i / 5), (0.5, 0.21)[i % 2] * cos(pi * i / 5)) for i in range(10)]
    if shape == "smile":
        bow = [-1 + i / 6 for i in range(13)]
        return [(x / 2, 0.5 * (x * x * 1.6 - 1)) for x in bow] + [
            (x / 2, 0.5 * (x * x * 0.9 - 0.3)) for x in reversed(bow)
        ]
    return [(-0.5, -0.5), (0.5, -0.5), (0.5, 0.5), (-0.5, 0.5)]


def outline(mark: Mark, brick: Brick) -> NDArray[np.float64]:
    """Corners (n, 3) in studs."""
    (_, y0, z0), (x1, y1, z1) = brick.low, brick.high
    points: list[tuple[float, float, float]] = []
    for u, v in _unit(mark.shape):
        across, up = mark.u + u * mark.width, mark.v + v * mark.height
        if mark.side == "x":  # seen from +x, +y is to the right
            points.append((x1, y0 + across, z0 + up))
        elif mark.side == "y":  # seen from +y, +x is to the left
            points.append((x1 - across, y1, z0 + up))
        else:
            points.append((x1 - across, y0 + up, z1))
    return np.array(points)
