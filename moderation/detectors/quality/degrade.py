"""Spoils good pictures in the ways that the quality detector must notice, to measure it with. Seeded: always the same.

python -m moderation.detectors.quality.degrade OUT DIR … [--each 40]
"""

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

Spoil = Callable[[Image.Image, np.random.Generator], Image.Image]


def black(picture: Image.Image, rng: np.random.Generator) -> Image.Image:
    """The lens cap: nearly nothing but noise."""
    noise = rng.normal(rng.uniform(2, 10), rng.uniform(0.5, 4), (picture.height, picture.width, 3))
    return Image.fromarray(np.clip(noise, 0, 255).astype(np.uint8))


def white(picture: Image.Image, rng: np.random.Generator) -> Image.Image:
    """Blown out."""
    noise = rng.normal(rng.uniform(246, 255), rng.uniform(0, 3), (picture.height, picture.width, 3))
    return Image.fromarray(np.clip(noise, 0, 255).astype(np.uint8))


def one_colour(picture: Image.Image, rng: np.random.Generator) -> Image.Image:
    """A wall, a table, a blanket: one colour, a little light from one side, a little noise."""
    colour = rng.uniform(60, 230, 3)
    slope = np.linspace(-1, 1, picture.width)[None, :, None] * rng.uniform(0, 6)
    noise = rng.normal(0, rng.uniform(0.5, 3), (picture.height, picture.width, 3))
    return Image.fromarray(np.clip(colour + slope + noise, 0, 255).astype(np.uint8))


def blurred(picture: Image.Image, rng: np.random.Generator) -> Image.Image:
    """Out of focus everywhere: 1 to 3 % of the long side."""
    return picture.filter(ImageFilter.GaussianBlur(max(picture.size) * rng.uniform(0.01, 0.03)))


def shaken(picture: Image.Image, rng: np.random.Generator) -> Image.Image:
    """Moved along a line, 5 to 10 % of the long side, and not quite in focus."""
    length, angle = max(picture.size) * rng.uniform(0.05, 0.10), rng.uniform(0, np.pi)
    steps = np.linspace(-length / 2, length / 2, 25)
    total = np.zeros((picture.height, picture.width, 3), np.float32)
    for step in steps:
        move = (1, 0, step * np.cos(angle), 0, 1, step * np.sin(angle))
        total += np.asarray(picture.transform(picture.size, Image.Transform.AFFINE, move, Image.Resampling.BILINEAR))
    moved = Image.fromarray((total / len(steps)).astype(np.uint8))
    inside = round(length / 2)  # beyond the edge nothing was photographed
    moved = moved.crop((inside, inside, picture.width - inside, picture.height - inside))
    return moved.filter(ImageFilter.GaussianBlur(max(picture.size) * 0.008))


def dark(picture: Image.Image, rng: np.random.Generator) -> Image.Image:
    """A room at night, without flash: an eighth to a twentieth of the light, and the sensor's noise."""
    pixels = np.asarray(picture, np.float32) * rng.uniform(0.05, 0.12)
    return Image.fromarray(np.clip(pixels + rng.normal(2, 2, pixels.shape), 0, 255).astype(np.uint8))


def pocket(picture: Image.Image, rng: np.random.Generator) -> Image.Image:
    """A pocket, or a finger before the lens: dark or reddish, soft, one side lighter."""
    tint = np.array([rng.uniform(0.5, 1), rng.uniform(0.2, 0.5), rng.uniform(0.15, 0.45)])
    base, slope = rng.uniform(15, 90), rng.uniform(10, 90)
    x, y = np.linspace(0, 1, picture.width)[None, :], np.linspace(0, 1, picture.height)[:, None]
    angle = rng.uniform(0, 2 * np.pi)
    light = base + slope * np.clip(np.cos(angle) * (x - 0.5) + np.sin(angle) * (y - 0.5) + 0.3, 0, 1)
    pixels = light[..., None] * tint + rng.normal(0, 2, (picture.height, picture.width, 3))
    return Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8))


def screenshot(picture: Image.Image, rng: np.random.Generator) -> Image.Image:
    """A telephone's screen with the picture in the middle, a bar with a clock above, one with three signs below."""
    width = 540
    height = round(width * rng.uniform(1.9, 2.2))
    inner = picture.resize((width, round(width * min(1.4, picture.height / picture.width))), Image.Resampling.BILINEAR)
    ground = int(rng.choice([0, 18, 32, 245, 255]))
    ink = 255 - ground
    screen = Image.new("RGB", (width, height), (ground, ground, ground))
    screen.paste(inner, (0, round((height - inner.height) * rng.uniform(0.35, 0.65))))
    draw = ImageDraw.Draw(screen)
    draw.text((24, 14), f"{rng.integers(0, 24)}:{rng.integers(10, 60)}", fill=(ink, ink, ink), font_size=22)
    draw.rectangle((width - 60, 16, width - 28, 32), outline=(ink, ink, ink), width=2)
    for at in (0.25, 0.5, 0.75):
        x = round(width * at)
        draw.ellipse((x - 9, height - 34, x + 9, height - 16), outline=(ink, ink, ink), width=2)
    return screen


SPOILS: dict[str, Spoil] = {
    spoil.__name__: spoil for spoil in (black, white, one_colour, blurred, shaken, dark, pocket, screenshot)
}


def main(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(prog="degrade", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("out", type=Path)
    parser.add_argument("folders", type=Path, nargs="+")
    parser.add_argument("--each", type=int, default=40, help="pictures for each way")
    options = parser.parse_args(arguments)
    paths = sorted(p for folder in options.folders for p in folder.rglob("*") if p.suffix.lower() in {".jpg", ".png"})
    for number, (name, spoil) in enumerate(SPOILS.items()):
        rng = np.random.default_rng([7, number])
        folder = options.out / name
        folder.mkdir(parents=True, exist_ok=True)
        for index in rng.choice(len(paths), options.each, replace=len(paths) < options.each):
            with Image.open(paths[index]) as file:
                made = spoil(file.convert("RGB"), rng)
            made.save(folder / f"{paths[index].stem}-{rng.integers(1_000_000):06d}.jpg", quality=88)


if __name__ == "__main__":
    main(sys.argv[1:])
