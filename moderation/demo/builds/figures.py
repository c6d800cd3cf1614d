"""Small people and plants that other models borrow."""

from random import Random

from moderation.demo.shapes import Build, Mark

SHIRTS = ("red", "blue", "lime", "orange", "purple", "teal", "pink")


def person(b: Build, x: float, y: float, z: float, rng: Random, shirt: str = "", hat: str = "") -> None:
    """A block person, 2 studs wide along x, who looks to +y; about eleven plates high."""
    shirt = shirt or rng.choice(SHIRTS)
    b.tile(x + 0.05, y + 0.1, z, 0.85, 0.9, 3, "dark blue")
    b.tile(x + 1.1, y + 0.1, z, 0.85, 0.9, 3, "dark blue")
    b.tile(
        x,
        y,
        z + 3,
        2,
        1.1,
        3.5,
        shirt,
        Mark("y", 1.0, 0.75, 0.55, 0.55, "yellow", rng.choice(("star", "disc", "rect"))),
    )
    b.tile(x - 0.5, y + 0.2, z + 3.4, 0.5, 0.8, 3, shirt)
    b.tile(x + 2, y + 0.2, z + 3.4, 0.5, 0.8, 3, shirt)
    face = (
        Mark("y", 0.42, 0.72, 0.2, 0.26, "black", "disc"),
        Mark("y", 0.98, 0.72, 0.2, 0.26, "black", "disc"),
        Mark("y", 0.7, 0.4, 0.66, 0.26, "dark red", "smile"),
    )
    b.tile(x + 0.3, y + 0.1, z + 6.5, 1.4, 1, 2.8, "yellow", *face)
    if hat:
        b.tile(x + 0.2, y, z + 9.3, 1.6, 1.2, 0.8, hat)
        b.tile(x + 0.4, y + 0.2, z + 10.1, 1.2, 0.8, 0.7, hat)
    else:
        b.tile(x + 0.2, y, z + 9.3, 1.6, 1, 0.9, rng.choice(("brown", "black", "orange", "sand")))


def tree(b: Build, x: float, y: float, z: float, rng: Random) -> None:
    """A tree on a 3 by 3 place."""
    if rng.random() < 0.5:
        b.round(x + 1, y + 1, z, 1, 3, "brown")
        for i, size in enumerate((3.0, 2.4, 1.6)):
            b.round(
                x + 1.5 - size / 2, y + 1.5 - size / 2, z + 3 + 3 * i, size, 3, "dark green", narrow=0.45, studs=False
            )
    else:
        b.round(x + 1, y + 1, z, 1, 5, "brown")
        b.box(x, y, z + 5, 3, 3, 2, "green")
        b.box(x, y, z + 7, 3, 3, 2, "lime" if rng.random() < 0.4 else "green")
        b.box(x + 1, y, z + 9, 2, 2, 2, "green")


def flower(b: Build, x: float, y: float, z: float, colour: str) -> None:
    b.tile(x + 0.35, y + 0.35, z, 0.3, 0.3, 2, "green")
    b.round(x, y, z + 2, 1, 0.8, colour)


def base(b: Build, w: int, d: int, colour: str) -> None:
    """A base plate; its top is at z 1."""
    b.box(0, 0, 0, w, d, 1, colour)
