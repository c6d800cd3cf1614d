"""What a model stands on: wood, cloth, paper, carpet, a playmat; drawn from above, laid into perspective later."""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

SIDE = 1024  # pixels of a desk's map
STEP = 0.085  # studs a pixel of it

Plane = NDArray[np.float32]

TABLES = (
    "oak",
    "walnut",
    "white desk",
    "blue cloth",
    "checked cloth",
    "carpet",
    "play mat",
    "grey desk",
    "cutting mat",
    "sand paper",
)


def _noise(rng: np.random.Generator, across: int, down: int) -> Plane:
    """Smooth noise in -1..1, `across` by `down` bumps."""
    small = Image.fromarray((rng.random((down, across)) * 255).astype(np.uint8))
    return np.asarray(small.resize((SIDE, SIDE), Image.Resampling.BICUBIC), dtype=np.float32) / 127.5 - 1


def _tinted(shade: Plane, colour: tuple[int, int, int]) -> Image.Image:
    return Image.fromarray(np.clip(shade[..., None] * np.array(colour, dtype=np.float32), 0, 255).astype(np.uint8))


def _wood(rng: np.random.Generator, colour: tuple[int, int, int], plank: int) -> Image.Image:
    grain = 0.05 * _noise(rng, 14, 420) + 0.04 * _noise(rng, 5, 60) + 0.03 * _noise(rng, 60, 512)
    rows = np.arange(SIDE)
    planks = rng.normal(0, 0.045, SIDE // plank + 1)[rows // plank].astype(np.float32)
    shade = 1 + grain + planks[:, None]
    shade[(rows % plank) < 2] *= 0.72
    return _tinted(shade.astype(np.float32), colour)


def _woven(rng: np.random.Generator, colour: tuple[int, int, int], strength: float) -> Image.Image:
    x, y = np.meshgrid(np.arange(SIDE), np.arange(SIDE))
    weave = 0.05 * strength * (((x // 3 + y // 3) % 2) * 2 - 1)
    return _tinted(
        (1 + weave + strength * 0.09 * _noise(rng, 340, 340) + 0.03 * _noise(rng, 8, 8)).astype(np.float32), colour
    )


def _checked(rng: np.random.Generator) -> Image.Image:
    cloth = _woven(rng, (240, 236, 228), 0.6)
    x, y = np.meshgrid(np.arange(SIDE) // 56 % 2, np.arange(SIDE) // 56 % 2)
    share = ((x + y) / 2 * 0.55)[..., None]
    return Image.fromarray((np.asarray(cloth) * (1 - share) + np.array([176, 62, 60]) * share).astype(np.uint8))


def _play_mat(rng: np.random.Generator) -> Image.Image:
    mat = _woven(rng, (122, 168, 104), 0.7)
    draw = ImageDraw.Draw(mat)
    draw.line([(0, 330), (700, 330), (1024, 180)], fill=(104, 106, 112), width=120, joint="curve")
    draw.line([(330, 1024), (330, 330)], fill=(104, 106, 112), width=120)
    for at in range(0, 700, 70):
        draw.line([(at, 330), (at + 36, 330)], fill=(232, 228, 214), width=8)
    return mat


def _cutting_mat(rng: np.random.Generator) -> Image.Image:
    mat = _woven(rng, (48, 104, 92), 0.4)
    draw = ImageDraw.Draw(mat)
    for at in range(0, SIDE, 64):
        width = 2 if at % 320 else 4
        draw.line([(at, 0), (at, SIDE)], fill=(128, 172, 158), width=width)
        draw.line([(0, at), (SIDE, at)], fill=(128, 172, 158), width=width)
    return mat


@lru_cache(maxsize=len(TABLES))
def table(name: str) -> Image.Image:
    """The named desk from above, SIDE by SIDE pixels, RGB. Always the same one for a name."""
    rng = np.random.default_rng(TABLES.index(name))
    match name:
        case "oak":
            return _wood(rng, (206, 172, 128), 170)
        case "walnut":
            return _wood(rng, (132, 94, 68), 128)
        case "white desk":
            return _tinted(1 + 0.012 * _noise(rng, 200, 200) + 0.02 * _noise(rng, 5, 5), (228, 226, 221))
        case "blue cloth":
            return _woven(rng, (104, 134, 168), 1.0)
        case "checked cloth":
            return _checked(rng)
        case "carpet":
            return _woven(rng, (186, 172, 156), 1.9)
        case "play mat":
            return _play_mat(rng)
        case "grey desk":
            return _wood(rng, (160, 160, 156), 256)
        case "cutting mat":
            return _cutting_mat(rng)
        case _:
            return _woven(rng, (222, 204, 170), 1.2)
