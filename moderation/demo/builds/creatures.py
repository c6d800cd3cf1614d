"""Models that could look back at you."""

from random import Random

from moderation.demo.builds.figures import base, flower, tree
from moderation.demo.shapes import Build, Mark


def _eyes(width: float, up: float, size: float = 0.9) -> tuple[Mark, ...]:
    """Two eyes on a +x side `width` studs wide."""
    out = []
    for u in (width * 0.26, width * 0.74):
        out += [
            Mark("x", u, up, size, size, "white", "disc"),
            Mark("x", u + 0.06, up, size * 0.62, size * 0.68, "black", "disc"),
            Mark("x", u - 0.08, up + size * 0.16, size * 0.22, size * 0.22, "white", "disc"),
        ]
    return tuple(out)


def dinosaur(rng: Random) -> Build:
    b = Build()
    skin, belly, spikes = rng.choice(
        (("green", "lime", "orange"), ("teal", "sky", "yellow"), ("orange", "sand", "red"), ("purple", "lilac", "lime"))
    )
    base(b, 20, 10, "tan")
    for x in (6, 11):
        for y in (2.5, 5.5):
            b.box(x, y, 1, 2, 2, 1, skin)
            b.tile(x, y, 2, 2, 2, 5, skin)
            b.tile(x + 2, y + 0.2, 1, 0.4, 1.6, 0.7, "white")
    b.box(5, 2.5, 7, 9, 5, 2, belly)
    b.box(4, 2, 9, 5, 6, 3, skin)
    b.box(9, 2, 9, 6, 6, 3, skin, *[Mark("y", u, 0.6, 0.7, 0.7, belly, "disc") for u in (1.2, 3, 4.8)])
    b.box(5, 2.5, 12, 9, 5, 3, skin, *[Mark("y", u, 0.6, 0.8, 0.8, belly, "disc") for u in (2, 4, 6.6)])
    b.slope(0.5, 3.5, 9, 3.5, 3, 3, skin, "-x")
    b.slope(-2.5, 4, 9, 3, 2, 1.5, skin, "-x", studs=False)
    for i in range(5):
        b.box(14 + 0.3 * i, 3.5, 12 + 3 * i, 3, 3, 3, skin)
    b.box(14.5, 3, 27, 3, 4, 3, skin)
    b.box(14.5, 3, 30, 4.5, 4, 3, skin, *_eyes(4, 0.6, 1.1), Mark("y", 3.6, 0.6, 0.5, 0.5, belly, "disc"))
    b.tile(
        17.5,
        3,
        27,
        3,
        4,
        3,
        skin,
        Mark("x", 2, 0.5, 2.4, 0.7, "dark red", "smile"),
        *[Mark("x", u, 1.0, 0.25, 0.2, "black", "disc") for u in (1.4, 2.6)],
    )
    for back, z in ((6, 15), (8.5, 15), (11, 15), (15, 33)):
        b.slope(back, 4.6, z, 1.6, 0.8, 2.6, spikes, "-x", studs=False)
    b.slope(1.5, 4.6, 12, 1.6, 0.8, 1.8, spikes, "-x", studs=False)
    tree(b, 0.5, 6.5, 1, rng) if rng.random() < 0.6 else flower(b, 1, 8, 1, "red")
    b.box(17, 1, 1, 2, 2, 1, "grey")
    return b


def dog(rng: Random) -> Build:
    b = Build()
    fur, other = rng.choice(
        (("tan", "white"), ("brown", "sand"), ("white", "dark grey"), ("orange", "white"), ("grey", "white"))
    )
    for x in (1, 7):
        for y in (0, 3):
            b.tile(x, y, 0, 2, 2, 2, other)
            b.tile(x, y, 2, 2, 2, 4, fur)
    b.box(0, 0, 6, 5, 5, 3, fur, Mark("y", 2.6, 0.6, 1.8, 0.9, other, "disc"))
    b.box(5, 0, 6, 5, 5, 3, fur)
    b.box(0, 0, 9, 10, 5, 2, fur)
    b.tile(-1, 2, 9, 1, 1, 3, fur)
    b.tile(-1.4, 2, 12, 1, 1, 3, other)
    b.tile(
        8.6, 0.3, 11, 3, 4.4, 1, rng.choice(("red", "blue", "purple")), Mark("x", 2.2, 0.2, 0.3, 0.3, "gold", "disc")
    )
    b.box(8, -0.5, 12, 5, 6, 3, fur)
    b.box(8, -0.5, 15, 5, 6, 4, fur, *_eyes(6, 0.7, 1.2))
    b.tile(
        13,
        1,
        12,
        2,
        3,
        3,
        other,
        Mark("x", 1.5, 0.95, 1.0, 0.5, "black", "disc"),
        Mark("x", 1.5, 0.42, 1.5, 0.5, "dark red", "smile"),
    )
    b.tile(13, 1.9, 11, 1.6, 1.2, 0.6, "pink")
    for ear in (-1.5, 5.5):
        b.tile(9, ear, 14, 2, 1, 5, other if other != "white" else "brown")
    b.box(8, -0.5, 19, 4, 6, 1, fur)
    b.tile(13.5, 7, 0, 3, 0.8, 0.8, "white")
    for x in (13, 16):
        b.round(x, 6.8, 0, 1.1, 1.1, "white", studs=False)
    return b


def giraffe(rng: Random) -> Build:
    b = Build()
    spot = rng.choice(("brown", "orange", "dark red"))
    base(b, 14, 9, rng.choice(("green", "sand")))

    def spots(width: float, height: float) -> list[Mark]:
        return [
            Mark("y", rng.uniform(0.4, width - 0.4), rng.uniform(0.3, height - 0.3), 0.7, 0.6, spot, "disc")
            for _ in range(int(width))
        ]

    for x in (3, 9):
        for y in (2, 5):
            b.tile(x, y, 1, 1.5, 1.5, 2, "brown")
            b.tile(x, y, 3, 1.5, 1.5, 10, "yellow", *spots(1.5, 4))
    b.box(2.5, 1.5, 13, 9, 5.5, 3, "yellow", *spots(9, 1.2))
    b.box(2.5, 1.5, 16, 9, 5.5, 3, "yellow", *spots(9, 1.2))
    b.tile(2, 4, 11, 0.5, 0.5, 6, "brown")
    for i in range(9):
        b.tile(9 + 0.2 * i, 3, 19 + 3 * i, 2, 2.5, 3, "yellow", *spots(2, 1.2))
        b.tile(8.6 + 0.2 * i, 3.9, 19 + 3 * i, 0.4, 0.7, 3, "brown")
    b.box(10, 2.5, 46, 3, 3.5, 4, "yellow", *_eyes(3.5, 1.0, 0.9))
    b.tile(13, 2.8, 46, 2, 2.9, 2.5, "sand", Mark("x", 1.45, 0.4, 1.6, 0.4, "dark red", "smile"))
    for horn in (3, 4.8):
        b.round(10.6, horn, 50, 0.7, 2.4, "brown", studs=False)
    for ear in (1.6, 6.0):
        b.tile(10.2, ear, 48, 1, 0.9, 1.2, "yellow")
    tree(b, 0.2, 6, 1, rng)
    flower(b, 12, 7, 1, "red")
    flower(b, 7, 7.4, 1, "white")
    return b


def robot(rng: Random) -> Build:
    b = Build()
    metal, paint, glow = rng.choice(
        (
            ("light grey", "red", "yellow"),
            ("grey", "teal", "lime"),
            ("sky", "orange", "yellow"),
            ("white", "blue", "lime"),
            ("lilac", "purple", "yellow"),
        )
    )
    for y in (0, 5):
        b.box(0, y, 0, 5, 3, 2, "dark grey")
        b.round(1, y + 0.5, 2, 2, 4, metal, studs=False)
        b.box(0.8, y + 0.3, 6, 2.4, 2.4, 3, paint)
    b.box(0, 0, 9, 4, 8, 2, "dark grey")
    for z in (11, 14, 17):
        marks = []
        if z == 14:
            marks = [
                Mark("x", 2, 0.6, 0.8, 0.8, "red", "disc"),
                Mark("x", 3.4, 0.6, 0.8, 0.8, glow, "disc"),
                Mark("x", 4.8, 0.6, 0.8, 0.8, "green", "disc"),
                Mark("x", 6.4, 0.6, 0.9, 0.9, "white"),
            ]
        if z == 17:
            marks = [
                Mark("x", 4, 0.6, 5.6, 0.5, "dark grey"),
                *[Mark("x", 1.8 + 0.7 * i, 0.6, 0.3, 0.34, glow) for i in range(5)],
            ]
        b.box(0, 0, z, 4, 8, 3, metal if z != 14 else paint, *marks)
    for y, up in ((-2, rng.random() < 0.5), (8, rng.random() < 0.7)):
        b.box(0.8, y, 17, 2.4, 2, 3, paint)
        if up:
            b.round(1.2, y + 0.2, 20, 1.6, 6, metal, studs=False)
            b.tile(0.8, y + 0.1, 26, 2.4, 0.7, 2.6, "dark grey")
            b.tile(0.8, y + 1.2, 26, 2.4, 0.7, 2.6, "dark grey")
        else:
            b.round(1.2, y + 0.2, 10, 1.6, 7, metal, studs=False)
            b.tile(0.8, y + 0.1, 7.4, 2.4, 0.7, 2.6, "dark grey")
            b.tile(0.8, y + 1.2, 7.4, 2.4, 0.7, 2.6, "dark grey")
    b.round(1, 3, 20, 2, 2, "dark grey", studs=False)
    mouth = Mark("x", 3, 0.55, 2.6, 0.6, "dark red", "smile")
    b.box(-0.5, 1, 22, 5, 6, 3, metal, mouth)
    b.box(-0.5, 1, 25, 5, 6, 4, metal, *_eyes(6, 0.75, 1.4))
    b.tile(1, 0.4, 24.5, 2, 0.6, 3, paint)
    b.tile(1, 7, 24.5, 2, 0.6, 3, paint)
    b.round(1.8, 3.8, 29, 0.5, 4, "dark grey", studs=False)
    b.round(1.4, 3.4, 33, 1.2, 1.6, glow, studs=False)
    return b
