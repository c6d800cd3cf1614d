"""Models that drive."""

from random import Random

from moderation.demo.builds.figures import person
from moderation.demo.shapes import Build, Mark

PAINTS = ("red", "blue", "yellow", "green", "orange", "teal", "magenta", "lime", "purple", "sky")


def car(rng: Random) -> Build:
    """A city car: long along x, its nose at +x."""
    b, paint = Build(), rng.choice(PAINTS)
    trim = rng.choice([c for c in ("white", "dark grey", "yellow") if c != paint])
    for x in (2, 9.6):
        b.wheel(x, 0, 0, 2.4, 1)
        b.wheel(x, 5, 0, 2.4, 1)
    b.tile(0.4, 1, 2, 13.2, 4, 4, "dark grey")
    for x, w in ((0, 1.8), (4.6, 4.8), (12.2, 1.8)):
        b.tile(x, 5, 2.5, w, 0.8, 3.5, paint)
        b.tile(x, 0.2, 2.5, w, 0.8, 3.5, paint)
    b.tile(13.6, 1, 2.5, 0.4, 4, 3.5, paint)
    b.box(0, 0, 6, 5, 6, 2, paint, Mark("y", 2.5, 0.3, 5, 0.18, trim))
    b.box(5, 0, 6, 5, 6, 2, paint, Mark("y", 2.5, 0.3, 5, 0.18, trim), Mark("y", 3.9, 0.58, 0.7, 0.14, "light grey"))
    lamps = [Mark("x", u, 0.4, 0.95, 0.5, "yellow", "disc") for u in (0.8, 5.2)]
    b.box(
        10, 0, 6, 4, 6, 2, paint, Mark("y", 2, 0.3, 4, 0.18, trim), Mark("x", 3, 0.42, 2.2, 0.36, "dark grey"), *lamps
    )
    b.tile(14, 0.4, 2.6, 0.5, 5.2, 2, "light grey", Mark("x", 2.6, 0.4, 1.6, 0.44, "white"))
    b.slope(8, 0.5, 8, 3, 5, 4, "glass", "+x", studs=False)
    b.tile(3, 0.5, 8, 5, 5, 4, "glass", Mark("y", 2.5, 0.8, 0.4, 1.6, paint))
    b.slope(1, 0.5, 8, 2, 5, 4, "glass", "-x", studs=False)
    b.box(3, 0.5, 12, 5, 5, 1, paint)
    extra = rng.randrange(3)
    if extra == 0:
        b.tile(5, 1.5, 13, 1, 1, 1, "blue")
        b.tile(5, 3.5, 13, 1, 1, 1, "red")
    elif extra == 1:
        b.tile(3.5, 1, 13, 4, 1.6, 2, "brown")
        b.tile(3.5, 2.8, 13, 3, 2, 3, "tan", Mark("y", 1.5, 0.6, 3, 0.2, "brown"))
    else:
        b.tile(3.2, 2, 13, 4.6, 2, 0.5, trim)
    return b


def fire_engine(rng: Random) -> Build:
    b, paint = Build(), rng.choice(("red", "red", "orange", "lime"))
    for x in (1.5, 5, 13):
        b.wheel(x, 0, 0, 2.8, 1.2)
        b.wheel(x, 4.8, 0, 2.8, 1.2)
    b.tile(0, 1.2, 2, 18, 3.6, 5, "dark grey")
    for x, w in ((0, 1.3), (8.1, 4.7), (16, 2)):
        b.tile(x, 4.8, 2.5, w, 1.2, 4.5, paint, Mark("y", w / 2, 0.9, w - 0.5, 0.3, "white"))
    for x in (0, 4, 8):
        shutter = [Mark("y", 2, 0.55 + 0.3 * i, 3.2, 0.07, "grey") for i in range(5)]
        b.box(x, 0, 7, 4, 6, 6, paint, Mark("y", 2, 1.15, 3.2, 1.6, "light grey"), *shutter)
    lamps = [Mark("x", u, 0.6, 0.8, 0.8, "yellow", "disc") for u in (0.8, 5.2)]
    b.box(
        12, 0, 7, 6, 6, 3, paint, *lamps, Mark("x", 3, 0.6, 2.6, 0.6, "light grey"), Mark("y", 3, 0.6, 6, 0.3, "white")
    )
    b.tile(18, 0.3, 3, 0.6, 5.4, 2.6, "light grey")
    b.tile(12.5, 0.3, 10, 2.5, 5.4, 4, "glass", Mark("y", 1.9, 0.8, 0.3, 1.6, paint))
    b.slope(15, 0.3, 10, 2.5, 5.4, 4, "glass", "+x", studs=False)
    b.box(12, 0, 14, 4, 6, 1, paint)
    for y in (0.6, 3.8):
        b.tile(13, y, 15, 1, 1.6, 1.4, "blue")
    b.round(1, 2, 13, 2, 2, "dark grey")
    for y in (1.8, 3.8):
        b.tile(-2, y, 15, 14, 0.5, 1, "light grey")
    for x in range(-2, 12, 2):
        b.tile(x + 0.6, 2.3, 15.2, 0.5, 1.5, 0.6, "light grey")
    person(b, 8, 7.6, 0, rng, shirt="yellow", hat="red")
    return b


def train(rng: Random) -> Build:
    b, paint = Build(), rng.choice(("green", "blue", "red", "dark blue", "purple"))
    for x in range(0, 24, 3):
        b.tile(x, 0, 0, 1.4, 7, 0.6, "brown")
    for y in (1.2, 5.2):
        b.tile(-0.5, y, 0.6, 24.5, 0.5, 0.8, "grey")
    for at, size in ((1, 2.2), (4, 3), (8, 3), (14.5, 2.4), (20, 2.4)):
        for y in (0.9, 5):
            b.wheel(at, y, 1.4, size, 0.9, colour="dark red")
    b.tile(0.5, 1.8, 3, 11.5, 3.2, 4, "black")
    b.tile(0, 1.8, 7, 12, 3.2, 1, paint)
    b.box(0, 1.2, 8, 3.6, 4.4, 8, paint, Mark("y", 1.8, 2.2, 1.8, 1.3, "glass"), Mark("y", 1.8, 0.6, 2.8, 0.2, "gold"))
    b.tile(-0.3, 0.8, 16, 4.4, 5.2, 1, "dark grey")
    for x in (4, 6, 8, 10):
        b.tile(x, 1.9, 8, 1.7, 3, 5, paint)
        b.tile(x + 1.7, 1.8, 8, 0.3, 3.2, 5.2, "gold")
    b.round(9.9, 2.65, 13.2, 1.5, 4, "black", studs=False)
    b.round(9.6, 2.35, 17.2, 2.1, 1, "gold", studs=False)
    b.round(6.2, 2.6, 13.2, 1.6, 2.4, "gold", narrow=0.5, studs=False)
    b.tile(12, 2.5, 9, 0.3, 1.8, 3, "gold", Mark("x", 0.9, 0.6, 1.1, 1.1, "yellow", "disc"))
    b.slope(12, 1.4, 1.6, 2, 4.2, 3, "red", "+x", studs=False)
    b.tile(14, 1.8, 3, 9.4, 3.2, 4.6, "dark grey")
    b.box(13.9, 1, 7.6, 9.6, 5, 1.4, "sand")
    for i, at in enumerate((14.2, 17.4, 20.6)):
        b.box(at, 1.4, 9, 2, 2, 3, rng.choice(("yellow", "orange", "sky", "pink")))
        b.round(at, 3.8, 9, 2, 3 + i, rng.choice(("lime", "red", "white")))
    return b
