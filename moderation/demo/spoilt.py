"""Pictures that should not pass: black, white, one colour, blurred, too dark, an empty desk, a person."""

from collections.abc import Callable
from random import Random

import numpy as np
from PIL import Image, ImageFilter

from moderation.demo.bricks import render
from moderation.demo.builds import THEMES, build
from moderation.demo.ground import empty
from moderation.demo.photo import photographed
from moderation.demo.scene import Scene

Size = tuple[int, int]


def black(rng: Random, size: Size) -> Image.Image:
    """The lens was covered: black but for the sensor's noise, so that no two are the same file."""
    noise = np.random.default_rng(rng.randrange(1 << 32)).integers(
        0, 5, (size[1] // 8, size[0] // 8, 3), dtype=np.uint8
    )
    return Image.fromarray(noise).resize(size, Image.Resampling.NEAREST)


def one_colour(rng: Random, size: Size) -> Image.Image:
    return Image.new("RGB", size, tuple(rng.randrange(40, 250) for _ in range(3)))


def blurred(rng: Random, size: Size) -> Image.Image:
    """A build, photographed while running."""
    sharp = _build(rng, size)
    return (
        sharp.resize((size[0] // 8, size[1] // 8))
        .filter(ImageFilter.GaussianBlur(5))
        .resize(size, Image.Resampling.BICUBIC)
    )


def dark(rng: Random, size: Size) -> Image.Image:
    """A build, photographed under the blanket."""
    return _build(rng, size).point([int(v * 0.045) for v in range(256)] * 3)


def no_build(rng: Random, size: Size) -> Image.Image:
    """A desk with nothing on it."""
    scene = Scene.by(rng.randrange(1 << 20), size)
    return photographed(empty(scene), scene)


def astronaut(rng: Random, size: Size) -> Image.Image:
    """The portrait that comes inside scikit-image's wheel (NASA, public domain), cut a little differently each time."""
    from skimage import data

    left, top = rng.randrange(0, 60), rng.randrange(0, 20)
    portrait = Image.fromarray(data.astronaut()).crop((left, top, 512 - rng.randrange(0, 40), 500))
    return portrait.resize((max(size), max(size)), Image.Resampling.LANCZOS)


SPOILT: dict[str, Callable[[Random, Size], Image.Image]] = {
    "black": black,
    "one colour": one_colour,
    "blurred": blurred,
    "dark": dark,
    "no build": no_build,
    "astronaut": astronaut,
}


def _build(rng: Random, size: Size) -> Image.Image:
    seed = rng.randrange(1 << 20)
    return render(build(rng.choice(list(THEMES)), seed), Scene.by(seed, size))
