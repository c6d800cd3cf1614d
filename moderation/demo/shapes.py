"""What a model is built of: a few convex shapes on a grid of studs, and the places that they fill.

x and y count studs (8 mm in the hand), z and h count plates (a brick is three plates high; a plate is 0.4 studs).
The camera looks from +x, +y and above, so the sides that it can see are +x (left on the picture) and +y (right).
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from moderation.demo.sides import Face, Point, box_sides, round_sides, slope_height, slope_sides, wheel_sides

PLATE = 0.4
Side = Literal["+x", "-x", "+y", "-y"]


@dataclass(frozen=True, slots=True)
class Mark:
    """Something printed on a side: `u`, `v` from the side's lower left corner as one looks at it, in studs."""

    side: Literal["x", "y", "z"]
    u: float
    v: float
    width: float
    height: float
    colour: str
    shape: Literal["disc", "rect", "smile", "star"] = "rect"


@dataclass(frozen=True, slots=True)
class Brick:
    """One convex part. `to` is the side that a slope falls to, or the axis of a wheel ("+x" or "+y")."""

    kind: Literal["box", "slope", "round", "wheel"]
    x: float
    y: float
    z: float
    w: float
    d: float
    h: float
    colour: str
    studs: bool = True
    to: Side = "+x"
    narrow: float = 1.0  # of a round brick: its top's radius as a share of its foot's
    marks: tuple[Mark, ...] = ()

    @property
    def low(self) -> Point:
        return self.x, self.y, self.z * PLATE

    @property
    def high(self) -> Point:
        return self.x + self.w, self.y + self.d, (self.z + self.h) * PLATE

    def faces(self) -> Iterator[Face]:
        yield from _SIDES[self.kind](self)

    def stud_places(self) -> list[tuple[float, float]]:
        """Centres of the studs on its top."""
        if not self.studs or self.kind == "wheel":
            return []
        x, y, w, d = self.x, self.y, self.w, self.d
        if self.kind == "slope":
            # A slope keeps one row of studs along its ridge.
            if self.to in ("+x", "-x"):
                x, w = (x, 1.0) if self.to == "+x" else (x + w - 1, 1.0)
            else:
                y, d = (y, 1.0) if self.to == "+y" else (y + d - 1, 1.0)
        if self.kind == "round" and (w < 1 or self.narrow < 0.6):
            return []
        across, deep = max(int(w), 1), max(int(d), 1)
        places = [(x + (i + 0.5) * w / across, y + (j + 0.5) * d / deep) for i in range(across) for j in range(deep)]
        if self.kind == "round" and w > 1:
            reach = (w / 2 * self.narrow - 0.3) ** 2
            middle = x + w / 2, y + d / 2
            places = [p for p in places if (p[0] - middle[0]) ** 2 + (p[1] - middle[1]) ** 2 <= reach]
        return places

    def fills(self, x: NDArray[np.float32], y: NDArray[np.float32], z: NDArray[np.float32]) -> NDArray[np.bool_]:
        """Which of the points (studs; arrays that broadcast) lie inside."""
        low, high = self.low, self.high
        inside = (x > low[0]) & (x < high[0]) & (y > low[1]) & (y < high[1]) & (z > low[2]) & (z < high[2])
        if self.kind == "slope":
            inside = inside & (z - low[2] <= slope_height(self, x, y))
        elif self.kind == "round":
            inside = inside & (((x - self.x) / self.w - 0.5) ** 2 + ((y - self.y) / self.d - 0.5) ** 2 <= 0.25)
        elif self.kind == "wheel":
            along = (y - self.y) / self.d if self.to == "+x" else (x - self.x) / self.w
            inside = inside & ((along - 0.5) ** 2 + ((z - low[2]) / (self.h * PLATE) - 0.5) ** 2 <= 0.25)
        return inside


@dataclass
class Build:
    """A model while it is being built. Every verb adds parts."""

    bricks: list[Brick] = field(default_factory=list)

    def box(
        self, x: float, y: float, z: float, w: float, d: float, h: float, colour: str, *marks: Mark, studs: bool = True
    ) -> None:
        self.bricks.append(Brick("box", x, y, z, w, d, h, colour, studs, marks=marks))

    def tile(self, x: float, y: float, z: float, w: float, d: float, h: float, colour: str, *marks: Mark) -> None:
        self.bricks.append(Brick("box", x, y, z, w, d, h, colour, False, marks=marks))

    def slope(
        self,
        x: float,
        y: float,
        z: float,
        w: float,
        d: float,
        h: float,
        colour: str,
        to: Side,
        *marks: Mark,
        studs: bool = True,
    ) -> None:
        self.bricks.append(Brick("slope", x, y, z, w, d, h, colour, studs, to, marks=marks))

    def round(
        self, x: float, y: float, z: float, w: float, h: float, colour: str, narrow: float = 1.0, studs: bool = True
    ) -> None:
        self.bricks.append(Brick("round", x, y, z, w, w, h, colour, studs, narrow=narrow))

    def wheel(
        self, x: float, y: float, z: float, size: float, thick: float, axis: Side = "+y", colour: str = "black"
    ) -> None:
        """A wheel whose axle lies along `axis`; `size` is its diameter in studs."""
        w, d = (thick, size) if axis == "+x" else (size, thick)
        self.bricks.append(Brick("wheel", x, y, z, w, d, size / PLATE, colour, False, axis))

    def wall(
        self, x: float, y: float, z: float, w: float, d: float, courses: int, colour: str, other: str = ""
    ) -> None:
        """Brick courses with shifted joints, as one builds a wall; `other` colours a brick here and there."""
        for course in range(courses):
            along_x = w >= d
            length, at = (w if along_x else d), 0.0
            first = 2.0 if course % 2 and length > 4 else 4.0
            while at < length:
                part = min(first if at == 0 else 4.0, length - at)
                tint = other if other and (course * 7 + int(at) * 3 + int(x + y)) % 5 == 0 else colour
                if along_x:
                    self.box(x + at, y, z + 3 * course, part, d, 3, tint)
                else:
                    self.box(x, y + at, z + 3 * course, w, part, 3, tint)
                at += part


_SIDES = {"box": box_sides, "slope": slope_sides, "round": round_sides, "wheel": wheel_sides}
