"""What a lens and a sensor add to a picture: glow, white balance, grain."""

from functools import lru_cache

import numpy as np
from PIL import Image, ImageChops

from moderation.demo.scene import Scene


@lru_cache(maxsize=8)
def _glow(size: tuple[int, int], left: bool) -> Image.Image:
    x, y = np.meshgrid(np.linspace(-1, 1, 80), np.linspace(-1, 1, 60))
    lamp_side = -0.5 if left else 0.5
    fall = 1.0 - 0.055 * ((x - lamp_side) ** 2 + (y + 0.4) ** 2) - 0.05 * (x**2 + y**2)
    return Image.fromarray(np.clip(fall * 255, 0, 255).astype(np.uint8)).resize(size, Image.Resampling.BICUBIC)


@lru_cache(maxsize=1)
def _grain() -> Image.Image:
    noise = np.random.default_rng(7).normal(128, 2.6, (1100, 1900))
    return Image.fromarray(np.clip(noise, 0, 255).astype(np.uint8))


def photographed(picture: Image.Image, scene: Scene) -> Image.Image:
    """The picture as a camera would have kept it."""
    glow = _glow(scene.size, scene.lamp[0] > 0)
    balance = (1.0 + min(0.0, scene.warmth) * 0.07, 1.0 - abs(scene.warmth) * 0.02, 1.0 - max(0.0, scene.warmth) * 0.09)
    tint = Image.merge("RGB", [glow.point([int(v * k) for v in range(256)]) for k in balance])
    picture = ImageChops.multiply(picture, tint)
    noise = _grain()
    if scene.size[0] > noise.width or scene.size[1] > noise.height:
        noise = noise.resize((max(scene.size[0], noise.width), max(scene.size[1], noise.height)))
    x = scene.seed * 7919 % (noise.width - scene.size[0] + 1)
    y = scene.seed * 104729 % (noise.height - scene.size[1] + 1)
    noise = noise.crop((x, y, x + scene.size[0], y + scene.size[1]))
    return ImageChops.add(picture, Image.merge("RGB", [noise] * 3), offset=-128)
