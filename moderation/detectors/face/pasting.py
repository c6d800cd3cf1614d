"""Heads from photos of people in scenes without any: a visitor behind a build, a portrait on the shelf. Seeded.

What the face detector is measured with, and no part of it in production. A head is cut along an oval, or as a square
print, shrunk to its size, changed in one way, put somewhere into the scene, and the whole is pressed as JPEG once more.
"""

import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw, ImageEnhance, ImageFilter, ImageOps

from moderation.detectors.face.centerface import Candidate
from moderation.detectors.face.crops import crop

SCENE = 960  # long side of a scene
SIZES = (24, 32, 48, 64, 96)  # pixels of a face: the long side of CenterFace's box
HEAD = 1.6  # side of a head, with hair and chin, over that
BRICKS = ((196, 40, 28), (0, 85, 191), (242, 205, 55), (35, 120, 65), (244, 244, 244), (33, 33, 33), (254, 138, 24))


@dataclass(frozen=True)
class Cut:
    """A head with what is around it: a square RGB picture, twice as wide as the head in its middle."""

    picture: Image.Image
    source: str


@dataclass(frozen=True)
class Pasted:
    """A scene with a head. `box`: left, top, right, bottom of the head in its pixels."""

    picture: Image.Image
    box: tuple[int, int, int, int]
    size: int
    kind: str
    person: str
    scene: str


def cut(picture: Image.Image, face: Candidate, source: str) -> Cut:
    around = crop(picture, face, 2 * HEAD)
    side = round(2 * HEAD * max(SIZES) * 1.25)
    return Cut(around.resize((side, side), Image.Resampling.LANCZOS) if around.width > side else around, source)


def _turned(head: Image.Image, rng: np.random.Generator) -> Image.Image:
    return head.rotate(float(rng.uniform(15, 45)) * float(rng.choice([-1, 1])), Image.Resampling.BICUBIC)


def _dim(head: Image.Image, rng: np.random.Generator) -> Image.Image:
    return ImageEnhance.Brightness(head).enhance(float(rng.uniform(0.25, 0.5)))


def _blurred(head: Image.Image, rng: np.random.Generator) -> Image.Image:
    return head.filter(ImageFilter.GaussianBlur(head.width / 2 * float(rng.uniform(0.02, 0.045))))


def _half_covered(head: Image.Image, rng: np.random.Generator) -> Image.Image:
    """A brick of one colour with studs before the left, the right or the lower half."""
    covered, w = head.copy(), head.width
    left, top, right, bottom = [
        (0.22, 0.25, 0.5, 0.78),
        (0.5, 0.25, 0.78, 0.78),
        (0.22, 0.5, 0.78, 0.78),
    ][int(rng.integers(3))]
    colour = BRICKS[int(rng.integers(len(BRICKS)))]
    draw = ImageDraw.Draw(covered)
    draw.rectangle((w * left, w * top, w * right, w * bottom), fill=colour)
    light, dark = (tuple(round(v * f + (255 - v) * g) for v in colour) for f, g in ((0.8, 0.3), (0.75, 0)))
    for at in np.arange(left + 0.04, right - 0.04, 0.1):
        draw.ellipse((w * at, w * (top - 0.03), w * (at + 0.07), w * (top + 0.02)), fill=light, outline=dark)
    draw.rectangle((w * left, w * (bottom - 0.03), w * right, w * bottom), fill=dark)
    return covered


def _grey(head: Image.Image, rng: np.random.Generator) -> Image.Image:
    return ImageOps.grayscale(head).convert("RGB")


KINDS: dict[str, Callable[[Image.Image, np.random.Generator], Image.Image]] = {
    "plain": lambda head, rng: head,
    "turned": _turned,
    "dim": _dim,
    "blurred": _blurred,
    "half covered": _half_covered,
    "grey": _grey,
}


def paste(scene: Image.Image, scene_name: str, head: Cut, size: int, kind: str, rng: np.random.Generator) -> Pasted:
    """A copy of the scene, its long side SCENE, with this head in it."""
    side = round(HEAD * size)
    factor = SCENE / max(scene.size)
    whole = scene.resize(
        (max(side, round(scene.width * factor)), max(side, round(scene.height * factor))), Image.Resampling.BICUBIC
    )
    made = KINDS[kind](head.picture, rng).resize((2 * side, 2 * side), Image.Resampling.LANCZOS, reducing_gap=3.0)
    made = made.crop((side // 2, side // 2, side // 2 + side, side // 2 + side))
    left, top = (int(rng.integers(0, most - side + 1)) for most in whole.size)
    whole.paste(made, (left, top), _mask(side, rng))
    file = io.BytesIO()
    whole.save(file, "JPEG", quality=int(rng.integers(80, 93)))
    box = (left, top, left + side, top + side)
    return Pasted(Image.open(file).convert("RGB"), box, size, kind, head.source, scene_name)


def _mask(size: int, rng: np.random.Generator) -> Image.Image:
    """An oval with a soft edge, or now and then the whole square: a print."""
    mask = Image.new("L", (4 * size, 4 * size), 255)
    if rng.random() < 0.7:
        mask = Image.new("L", (4 * size, 4 * size), 0)
        ImageDraw.Draw(mask).ellipse((4 * size * 0.08, 0, 4 * size * 0.92, 4 * size - 1), fill=255)
    return mask.resize((size, size), Image.Resampling.BOX)


def plans(heads: int, scenes: int, each: int, seed: int = 7) -> Iterator[tuple[int, str, int, int, int]]:
    """(size, kind, head, scene, seed of its own) for `each` pictures of every size and kind, always the same.

    Heads and scenes take turns in a drawn order, so that all of them come about equally often.
    """
    rng = np.random.default_rng(seed)
    number = 0
    for size in SIZES:
        for kind in KINDS:
            chosen = (_turns(heads, each, rng), _turns(scenes, each, rng))
            for head, scene in zip(*chosen, strict=True):
                yield size, kind, head, scene, number
                number += 1


def _turns(n: int, each: int, rng: np.random.Generator) -> Sequence[int]:
    return [int(at) for _ in range(-(-each // n)) for at in rng.permutation(n)][:each]
