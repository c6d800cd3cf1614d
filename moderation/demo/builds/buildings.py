"""Models that one could walk into."""

from random import Random

from moderation.demo.builds.figures import base, flower, person, tree
from moderation.demo.shapes import Build, Mark


def _window(b: Build, x: float, y: float, z: float, w: float, h: float, frame: str) -> None:
    """A window on a wall that looks to +y, `y` being the wall's outside."""
    b.tile(
        x,
        y,
        z,
        w,
        0.25,
        h,
        frame,
        Mark("y", w / 2, h * 0.2, w - 0.4, h * 0.4 - 0.36, "glass"),
        Mark("y", w / 2, h * 0.2, 0.12, h * 0.4, frame),
    )
    b.tile(x - 0.2, y, z - 0.6, w + 0.4, 0.5, 0.6, frame)


def police_station(rng: Random) -> Build:
    b = Build()
    base(b, 20, 15, "light grey")
    wall = rng.choice(("white", "sky", "light grey"))
    b.wall(1, 1, 1, 18, 8, 4, wall, "sky" if wall == "white" else "white")
    b.tile(0.8, 0.8, 13, 18.4, 8.4, 1, "blue")
    b.wall(1, 1, 14, 13, 8, 4, wall)
    b.tile(0.8, 0.8, 26, 13.4, 8.4, 1, "blue")
    for x in (2.5, 6.5, 15):
        _window(b, x, 9, 5, 2.6, 5, "blue")
    for x in (2.5, 6.2, 10):
        _window(b, x, 9.2, 18, 2.6, 5, "blue")
    b.tile(
        10.6,
        9,
        1,
        3,
        0.3,
        8,
        "dark blue",
        Mark("y", 1.5, 1.7, 2.2, 2.4, "glass"),
        Mark("y", 0.5, 1.3, 0.2, 0.4, "gold"),
    )
    b.tile(9.9, 9, 9.4, 4.4, 2, 0.8, "blue")
    b.tile(10.8, 9.2, 10.4, 2.6, 0.3, 2.4, "dark blue", Mark("y", 1.3, 0.48, 0.9, 0.9, "yellow", "star"))
    b.box(1, 1, 27, 13, 1, 1, wall)
    b.box(1, 2, 27, 1, 7, 1, wall)
    b.round(3.5, 4, 27, 3, 2, "dark grey")
    b.round(4.5, 5, 29, 1, 9, "light grey", studs=False)
    b.round(4.2, 4.7, 38, 1.6, 1.4, "blue", studs=False)
    for x, colour in ((9, "blue"), (11, "red")):
        b.round(x, 6, 27, 1.2, 2, colour, studs=False)
    b.box(15, 2, 14, 3, 6, 1, "grey")
    person(b, 16, 11.6, 1, rng, shirt="blue", hat="dark blue")
    b.box(1, 12, 1, 3, 2, 1, "green")
    for i in range(3):
        flower(b, 1.2 + i, 12.4, 2, ("red", "yellow", "pink")[i])
    for x in (6, 8):
        b.round(x, 13, 1, 1, 3, "orange", narrow=0.3, studs=False)
    return b


def castle(rng: Random) -> Build:
    b = Build()
    base(b, 22, 20, rng.choice(("green", "lime", "dark green")))
    stone, other, flag = rng.choice(
        (("light grey", "grey", "red"), ("sand", "tan", "blue"), ("grey", "light grey", "yellow"))
    )
    b.wall(5, 2, 1, 12, 1, 4, stone, other)
    b.wall(2, 5, 1, 1, 9, 4, stone, other)
    for x in (5, 13):
        b.wall(x, 15, 1, 4, 1, 5, stone, other)
    b.wall(19, 5, 1, 1, 9, 4, stone, other)
    b.tile(
        9,
        15,
        1,
        4,
        1,
        9,
        "brown",
        *[Mark("y", 0.5 + i, 1.8, 0.08, 3.6, "black") for i in range(4)],
        *[Mark("y", 2, v, 4, 0.18, "dark grey") for v in (0.8, 2.6)],
    )
    b.wall(9, 15, 10, 4, 1, 2, stone, other)
    for x in range(5, 17, 2):
        b.box(x, 15, 16, 1, 1, 2, stone)
        b.box(x, 2, 13, 1, 1, 2, stone)
    for y in range(5, 14, 2):
        b.box(19, y, 13, 1, 1, 2, stone)
        b.box(2, y, 13, 1, 1, 2, stone)
    for x, y, courses in ((1, 1, 7), (17, 1, 7), (1, 14, 7), (17, 14, 8)):
        for i in range(courses):
            b.box(
                x,
                y,
                1 + 3 * i,
                4,
                4,
                3,
                other if (i + x) % 3 == 0 else stone,
                *([Mark("y", 2, 0.6, 0.4, 1.1, "black")] if i in (2, 4) else []),
                *([Mark("x", 2, 0.6, 0.4, 1.1, "black")] if i in (2, 4) else []),
            )
        top = 1 + 3 * courses
        if (x, y) == (17, 14) or rng.random() < 0.4:
            b.round(x, y, top, 4, 9, flag, narrow=0.12, studs=False)
            b.tile(x + 1.9, y + 1.9, top + 9, 0.2, 0.2, 4, "dark grey")
            b.tile(x + 0.2, y + 1.95, top + 11, 1.7, 0.12, 2, "yellow" if flag != "yellow" else "red")
        else:
            for dx, dy in ((0, 0), (1.5, 0), (3, 0), (0, 1.5), (3, 1.5), (0, 3), (1.5, 3), (3, 3)):
                b.box(x + dx, y + dy, top, 1, 1, 2, stone)
    for i in range(6):
        b.box(
            7,
            5,
            1 + 3 * i,
            8,
            6,
            3,
            other if i % 3 == 1 else stone,
            *([Mark("y", u, 0.6, 0.9, 0.9, "glass") for u in (2, 4, 6)] if i in (2, 4) else []),
        )
    b.slope(6.5, 8, 19, 9, 3.5, 6, flag, "+y", studs=False)
    b.slope(6.5, 4.5, 19, 9, 3.5, 6, flag, "-y", studs=False)
    b.tile(9, 16, 1, 4, 4, 1, "brown", *[Mark("z", 0.5 + i, 2, 0.08, 4, "black") for i in range(4)])
    person(b, 5.5, 17, 1, rng, shirt="grey", hat="light grey")
    tree(b, 15, 16.8, 1, rng)
    return b


def house(rng: Random) -> Build:
    b = Build()
    base(b, 18, 16, "green")
    wall = rng.choice(("sand", "white", "yellow", "sky", "pink", "lilac"))
    roof = rng.choice(("red", "dark red", "dark blue", "brown", "teal"))
    b.tile(7, 10, 1, 3, 6, 0.4, "light grey")
    b.wall(2, 2, 1, 13, 8, 5, wall, "white" if wall != "white" else "")
    for x in (3.2, 11):
        _window(b, x, 10, 6, 2.8, 5, "white")
        b.box(x - 0.1, 10, 3, 3, 1, 1, "brown")
        for i in range(3):
            flower(b, x - 0.1 + i, 10, 4, rng.choice(("red", "pink", "yellow", "white")))
    b.tile(
        7,
        10,
        1.4,
        3,
        0.3,
        9,
        roof,
        Mark("y", 1.5, 2.4, 1.2, 1.2, "glass"),
        Mark("y", 0.5, 1.5, 0.24, 0.24, "gold", "disc"),
    )
    b.tile(15, 4.5, 6, 0.25, 3, 5, "white", Mark("x", 1.5, 1, 2.6, 1.6, "glass"), Mark("x", 1.5, 1, 0.12, 2, "white"))
    for i in range(4):
        y, z = 1 + i * 1.0, 16 + 3 * i
        b.slope(1, 10 - i + 0.0, z, 15, 1.5, 3, roof, "+y", studs=False)
        b.slope(1, y - 0.5, z, 15, 1.5, 3, roof, "-y", studs=False)
        b.tile(2, y + 1, z, 13, 9 - 2 * i - 1, 3, wall)
    b.box(1, 4.5, 28, 15, 3, 1, roof)
    b.wall(4, 5, 29, 2, 2, 2, "dark red")
    b.tile(3.8, 4.8, 35, 2.4, 2.4, 1, "grey")
    tree(b, 14.6, 12, 1, rng)
    person(b, 3, 13, 1, rng)
    b.tile(10.8, 13.2, 1, 2.6, 0.8, 1.6, "orange", Mark("y", 0.5, 0.42, 0.2, 0.2, "black", "disc"))
    b.tile(13.4, 13.2, 2, 1, 0.8, 2, "orange", Mark("x", 0.4, 0.35, 0.24, 0.2, "black", "disc"))
    return b


def tower(rng: Random) -> Build:
    """A lighthouse on rocks."""
    b = Build()
    b.box(0, 0, 0, 18, 18, 1, "blue")
    for x, y, z, w, d, h in ((4, 4, 1, 10, 10, 2), (5, 5, 3, 8, 8, 2), (1, 9, 1, 3, 4, 1), (14, 4, 1, 3, 5, 1)):
        b.box(x, y, z, w, d, h, rng.choice(("grey", "dark grey")))
    paint = rng.choice(("red", "dark blue", "green", "orange"))
    for i in range(7):
        size = 6 - 0.3 * i
        b.round(
            9 - size / 2,
            9 - size / 2,
            5 + 4 * i,
            size,
            4,
            paint if i % 2 == 0 else "white",
            narrow=(size - 0.3) / size,
            studs=False,
        )
    b.round(5.8, 5.8, 33, 6.4, 1, "dark grey")
    for dx, dy in ((0, 2.8), (5.4, 2.8), (2.8, 0), (2.8, 5.4), (1, 0.8), (4.6, 4.8), (4.6, 0.8), (1, 4.8)):
        b.round(6.1 + dx, 6.1 + dy, 34, 0.4, 2, "white", studs=False)
    b.round(7.2, 7.2, 34, 3.6, 5, "yellow", studs=False)
    b.round(6.8, 6.8, 39, 4.4, 4, paint, narrow=0.2, studs=False)
    b.tile(8, 12, 5, 2, 0.5, 5, "brown", Mark("y", 1, 0.9, 1.5, 1.6, "tan"))
    for foam, off in ((1, 2), (9, 15.5), (3, 15), (15, 1)):
        b.tile(foam, off, 1, 2, 1, 0.4, "white")
    b.slope(14.5, 14.2, 1, 2.4, 1.6, 1.6, "red", "+x", studs=False)
    b.tile(12, 14.2, 1, 2.5, 1.6, 1.6, "red")
    b.tile(13, 14.9, 2.6, 0.2, 0.2, 6, "brown")
    b.tile(13.2, 14.95, 4, 1.7, 0.1, 4, "white")
    return b
