"""Models that sail, fly and bloom."""

from math import cos, pi, sin
from random import Random

from moderation.demo.builds.figures import person
from moderation.demo.shapes import Build, Mark


def spaceship(rng: Random) -> Build:
    b = Build()
    hull, trim, fire = rng.choice(
        (
            ("light grey", "blue", "orange"),
            ("white", "red", "yellow"),
            ("dark blue", "yellow", "orange"),
            ("lime", "dark grey", "orange"),
            ("purple", "sky", "yellow"),
        )
    )
    for x, y in ((4, 6), (4, 13), (12, 9.5)):
        b.tile(x, y, 0, 1, 1, 3, "dark grey")
    b.box(1, 7, 3, 12, 6, 2, "grey")
    b.slope(13, 7, 3, 6, 6, 3, hull, "+x")
    b.box(0, 6, 5, 10, 8, 2, hull)
    b.box(10, 7, 5, 4, 6, 3, hull)
    for y, to in ((14, 1), (0, -1)):
        b.box(2, y, 5, 6, 6, 2, hull)
        b.tile(2, 19 if to > 0 else 0, 7, 7, 1, 2, trim, Mark("y", 3.5, 0.4, 1.0, 0.7, "white", "star"))
        b.box(4, y + 1, 7, 3, 3, 1, trim)
        b.round(8, 19 if to > 0 else 0, 5.6, 1, 1.2, "dark grey")
        b.wheel(9, 19.2 if to > 0 else 0.2, 7.2, 0.6, 4, axis="+x", colour="grey")
    for y in (6.5, 11):
        b.wheel(-3, y, 5, 2.6, 3, axis="+x", colour="grey")
        b.slope(-5, y + 0.5, 6, 2, 1.6, 2.5, fire, "-x", studs=False)
    b.box(1, 7, 7, 7, 6, 3, hull, *[Mark("y", u, 0.6, 0.6, 0.6, trim, "disc") for u in (1.2, 2.6, 4, 5.4)])
    b.slope(8, 7.5, 7, 4, 5, 5, "glass", "+x", studs=False)
    b.box(6, 7.5, 10, 2, 5, 2, trim)
    b.slope(1, 9.4, 10, 4, 1.2, 6, trim, "+x", studs=False)
    b.box(2, 7, 10, 3, 2, 1, trim)
    b.box(2, 11, 10, 3, 2, 1, trim)
    return b


def rocket(rng: Random) -> Build:
    b = Build()
    paint = rng.choice(("red", "blue", "orange", "magenta", "green"))
    b.box(0, 0, 0, 14, 14, 1, "grey")
    for i in range(4):
        b.box(i * 4 if i < 3 else 11, 0, 1, 1, 1, 1, "yellow")
    for x, y, w, d in ((1.5, 6.5, 3, 1), (9.5, 6.5, 3, 1)):
        b.slope(x, y, 3, w, d, 10, paint, "+x" if x > 6 else "-x", studs=False)
    b.slope(6.5, 9.5, 3, 1, 3, 10, paint, "+y", studs=False)
    b.slope(6.5, 1.5, 3, 1, 3, 10, paint, "-y", studs=False)
    b.round(5, 5, 1, 4, 3, "dark grey", narrow=0.7, studs=False)
    for i in range(7):
        b.round(4.5, 4.5, 4 + 4 * i, 5, 4, paint if i in (0, 3) else "white", studs=False)
    b.round(4.5, 4.5, 32, 5, 5, "white", narrow=0.72, studs=False)
    b.round(5.2, 5.2, 37, 3.6, 7, paint, narrow=0.1, studs=False)
    for z in (20, 26):
        b.tile(6, 9.5, z, 2, 0.4, 4, "dark grey", Mark("y", 1, 0.8, 1.4, 1.2, "glass", "disc"))
    for z in range(1, 31, 5):
        b.tile(1, 1, z, 1, 1, 5, "red" if z % 2 else "white")
        b.tile(1, 3, z, 1, 1, 5, "red" if z % 2 else "white")
    b.tile(1, 1, 31, 4, 1, 1, "grey")
    person(b, 10.5, 10.8, 1, rng, shirt="orange", hat="white")
    b.round(2, 11, 1, 2, 5, "yellow")
    return b


def boat(rng: Random) -> Build:
    b = Build()
    hull, deck, sail = rng.choice(
        (("red", "tan", "white"), ("dark blue", "sand", "yellow"), ("green", "tan", "orange"), ("brown", "sand", "sky"))
    )
    for z, w in ((0, 12), (3, 14)):
        b.box(
            3 - (w - 12) / 2,
            2 - z / 6,
            z,
            w,
            6 + z / 3,
            3,
            hull,
            *([Mark("y", u, 0.6, 0.8, 0.8, "glass", "disc") for u in (2, 5, 8, 11)] if z else []),
        )
        b.slope(15 + (w - 12) / 2, 2 - z / 6, z, 3 + z / 3, 6 + z / 3, 3, hull, "+x", studs=False)
    b.box(2, 1.5, 6, 14, 7, 1, deck)
    b.tile(2, 1.5, 7, 14, 0.6, 1.6, "white")
    b.tile(2, 7.9, 7, 14, 0.6, 1.6, "white")
    b.box(
        3,
        2.5,
        7,
        4,
        5,
        5,
        "white",
        *[Mark("y", u, 1.1, 1, 1, "glass") for u in (1.1, 2.9)],
        Mark("x", 2.5, 0.9, 1.6, 1.8, "brown"),
    )
    b.box(2.5, 2, 12, 5, 6, 1, hull)
    if rng.random() < 0.6:
        b.round(9.5, 4.5, 7, 1, 32, "brown", studs=False)
        for i in range(6):
            width = 6.6 - i
            b.tile(10.5, 4.9, 12 + 4 * i, width, 0.25, 4, sail if i % 2 == 0 else "white")
            if i < 5:
                b.tile(9.5 - width * 0.55, 4.9, 12 + 4 * i, width * 0.55, 0.25, 4, "white" if i % 2 == 0 else sail)
        b.tile(9.9, 4.9, 39, 0.2, 0.2, 3, "dark grey")
        b.tile(8, 4.95, 40, 1.9, 0.12, 2, "red")
    else:
        b.round(3.6, 3.8, 13, 2, 7, "yellow", studs=False)
        b.round(3.5, 3.7, 20, 2.2, 1, "black", studs=False)
        b.round(10, 3, 7, 2, 4, "orange")
        b.box(12.4, 3, 7, 2, 3, 3, "tan")
    person(b, 12.6, 6.1, 7, rng, hat="white")
    b.tile(14.5, 3.2, 7, 1, 1, 2, "grey")
    return b


def blossom(rng: Random) -> Build:
    """A bunch of flowers in a pot."""
    b = Build()
    b.round(0.5, 0.5, 0, 5, 7, rng.choice(("orange", "teal", "dark red", "white")), narrow=1.0, studs=False)
    b.round(0, 0, 7, 6, 2, "brown")
    colours = rng.sample(("red", "yellow", "pink", "purple", "white", "orange", "sky", "magenta"), 5)
    stems = [(2.6, 2.6, 28), (0.4, 3.8, 20), (4.4, 1.0, 19), (4.2, 4.4, 15), (0.8, 0.8, 23)]
    for (x, y, height), colour in zip(stems, colours, strict=True):
        b.round(x + 0.1, y + 0.1, 9, 0.6, height - 9, "green", studs=False)
        b.tile(x + 0.6, y, 9 + (height - 9) * 0.45, 1.4, 0.8, 0.6, "lime")
        b.tile(x - 1.2, y, 9 + (height - 9) * 0.6, 1.3, 0.8, 0.6, "green")
        for i in range(6):
            turn = 2 * pi * i / 6
            b.round(x + 0.4 + 1.15 * cos(turn) - 0.6, y + 0.4 + 1.15 * sin(turn) - 0.6, height, 1.2, 1, colour)
        b.round(x - 0.2, y - 0.2, height + 1, 1.2, 1.2, "yellow" if colour != "yellow" else "brown", studs=False)
    return b


def cake(rng: Random) -> Build:
    """A birthday cake."""
    b = Build()
    icing, sponge = rng.choice((("pink", "sand"), ("white", "brown"), ("sky", "sand"), ("lilac", "tan")))
    b.round(0, 0, 0, 16, 1, "white", studs=False)
    for z, size in ((1, 13), (9, 9)):
        at = 8 - size / 2
        b.round(at, at, z, size, 5, sponge, studs=False)
        b.round(at - 0.2, at - 0.2, z + 5, size + 0.4, 3, icing)
    for i in range(rng.randint(5, 9)):
        turn = 2 * pi * i / 7
        x, y = 8 + 3 * cos(turn), 8 + 3 * sin(turn)
        b.round(x - 0.35, y - 0.35, 17, 0.7, 5, ("red", "blue", "yellow", "lime")[i % 4], studs=False)
        b.round(x - 0.3, y - 0.3, 22, 0.6, 2, "orange", narrow=0.2, studs=False)
    for i in range(12):
        turn = 2 * pi * i / 12
        b.round(8 + 5.5 * cos(turn) - 0.5, 8 + 5.5 * sin(turn) - 0.5, 9, 1, 1, ("red", "white")[i % 2], studs=False)
    return b
