"""The flat sides of each shape, and how high a slope is where."""

from collections.abc import Iterator
from itertools import pairwise
from math import cos, pi, sin
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from moderation.demo.shapes import Brick

Point = tuple[float, float, float]


class Face(NamedTuple):
    """A flat side: corners in studs (x, y, z), the way it looks, its colour, and whether its edges show."""

    corners: tuple[Point, ...]
    normal: Point
    colour: str
    edge: bool = True


def box_sides(b: "Brick") -> Iterator[Face]:
    (x0, y0, z0), (x1, y1, z1) = b.low, b.high
    yield Face(((x1, y0, z0), (x1, y1, z0), (x1, y1, z1), (x1, y0, z1)), (1, 0, 0), b.colour)
    yield Face(((x0, y1, z0), (x1, y1, z0), (x1, y1, z1), (x0, y1, z1)), (0, 1, 0), b.colour)
    yield Face(((x0, y0, z1), (x1, y0, z1), (x1, y1, z1), (x0, y1, z1)), (0, 0, 1), b.colour)


def slope_height(b: "Brick", x: NDArray[np.float32], y: NDArray[np.float32]) -> NDArray[np.float32]:
    """Height of the slope's surface above its foot, in studs."""
    run, along = (b.w, x - b.x) if b.to in ("+x", "-x") else (b.d, y - b.y)
    if b.to in ("-x", "-y"):
        along = run - along
    ridge = min(1.0, run / 2) if b.studs else 0.0
    full = b.high[2] - b.low[2]
    lip = min(0.2, full / 3)
    return np.asarray(np.clip(full - (along - ridge) / (run - ridge) * (full - lip), lip, full), dtype=np.float32)


def slope_sides(b: "Brick") -> Iterator[Face]:
    (x0, y0, z0), (x1, y1, z1) = b.low, b.high
    ridge = min(1.0, (b.w if b.to in ("+x", "-x") else b.d) / 2) if b.studs else 0.0
    lip = z0 + min(0.2, (z1 - z0) / 3)
    # The outline seen along the ridge, from the high side (0) to the low one (1), then set the right way round.
    run = b.w if b.to in ("+x", "-x") else b.d
    outline = [(0.0, z0), (run, z0), (run, lip), (ridge, z1), (0.0, z1)]
    start, way = {"+x": (x0, 1), "-x": (x1, -1), "+y": (y0, 1), "-y": (y1, -1)}[b.to]
    drop, length = z1 - lip, run - ridge
    slant = (drop * way / (drop**2 + length**2) ** 0.5, length / (drop**2 + length**2) ** 0.5)

    def at(along: float, z: float, across: float) -> Point:
        return (start + way * along, across, z) if b.to in ("+x", "-x") else (across, start + way * along, z)

    near, far = (y1, y0) if b.to in ("+x", "-x") else (x1, x0)
    aside: Point = (0, 1, 0) if b.to in ("+x", "-x") else (1, 0, 0)

    def out(along: float, up: float) -> Point:
        return (along, 0, up) if b.to in ("+x", "-x") else (0, along, up)

    yield Face(tuple(at(a, z, near) for a, z in outline), aside, b.colour)
    yield Face((at(run, z0, far), at(run, z0, near), at(run, lip, near), at(run, lip, far)), out(way, 0), b.colour)
    yield Face((at(0, z0, far), at(0, z0, near), at(0, z1, near), at(0, z1, far)), out(-way, 0), b.colour)
    yield Face((at(run, lip, far), at(run, lip, near), at(ridge, z1, near), at(ridge, z1, far)), out(*slant), b.colour)
    if ridge:
        yield Face((at(0, z1, far), at(0, z1, near), at(ridge, z1, near), at(ridge, z1, far)), (0, 0, 1), b.colour)


def round_sides(b: "Brick") -> Iterator[Face]:
    (x0, y0, z0), (_, _, z1) = b.low, b.high
    radius = b.w / 2
    parts = 16 if b.w < 1.5 else 24 if b.w < 4 else 40
    cx, cy, small = x0 + radius, y0 + radius, radius * b.narrow
    turns = [(cos(2 * pi * i / parts), sin(2 * pi * i / parts)) for i in range(parts + 1)]
    for (c0, s0), (c1, s1) in pairwise(turns):
        middle = (c0 + c1) / 2, (s0 + s1) / 2
        corners = (
            (cx + radius * c0, cy + radius * s0, z0),
            (cx + radius * c1, cy + radius * s1, z0),
            (cx + small * c1, cy + small * s1, z1),
            (cx + small * c0, cy + small * s0, z1),
        )
        yield Face(corners, (middle[0], middle[1], (radius - small) / (z1 - z0) * 0.8), b.colour, edge=False)
    yield Face(
        tuple((cx + small * c, cy + small * s, z1) for c, s in turns[:-1]), (0, 0, 1), b.colour, edge=b.narrow > 0.3
    )


def wheel_sides(b: "Brick", parts: int = 24) -> Iterator[Face]:
    (x0, y0, z0), (x1, y1, z1) = b.low, b.high
    along_x = b.to == "+x"
    radius = (z1 - z0) / 2
    middle = (y0 if along_x else x0) + radius, z0 + radius
    back, front = (x0, x1) if along_x else (y0, y1)
    normal: Point = (1, 0, 0) if along_x else (0, 1, 0)

    def ring(share: float, depth: float) -> tuple[Point, ...]:
        points = []
        for i in range(parts):
            a, z = (
                middle[0] + share * radius * cos(2 * pi * i / parts),
                middle[1] + share * radius * sin(2 * pi * i / parts),
            )
            points.append((depth, a, z) if along_x else (a, depth, z))
        return tuple(points)

    rear, face = ring(1, back), ring(1, front)
    for i in range(parts):
        angle = 2 * pi * (i + 0.5) / parts
        side: Point = (0, cos(angle), sin(angle)) if along_x else (cos(angle), 0, sin(angle))
        j = (i + 1) % parts
        # Every other strip a shade lighter: a tread.
        yield Face((rear[i], rear[j], face[j], face[i]), side, b.colour if i % 2 else "dark grey", edge=False)
    yield Face(face, normal, b.colour, edge=False)
    yield Face(ring(0.66, front), normal, "light grey", edge=False)
    yield Face(ring(0.52, front), normal, "grey", edge=False)
    yield Face(ring(0.22, front), normal, "light grey", edge=False)
