"""What may happen to a face, or to what looks like one, between the world and the picture. Training only.

Every change is drawn for both classes alike; otherwise the head would learn the change instead of the face.
"""

import io
from collections.abc import Sequence

import numpy as np
from PIL import Image, ImageDraw, ImageEnhance, ImageFilter, ImageOps

from moderation.detectors.face.centerface import Candidate
from moderation.detectors.face.crops import crop


def jittered(candidate: Candidate, rng: np.random.Generator) -> Candidate:
    """The box as another detector, or a turned head, would have drawn it: moved by up to 12 %, sized 0.8 to 1.3."""
    wide, high = candidate.right - candidate.left, candidate.bottom - candidate.top
    x = (candidate.left + candidate.right) / 2 + wide * rng.uniform(-0.12, 0.12)
    y = (candidate.top + candidate.bottom) / 2 + high * rng.uniform(-0.12, 0.12)
    factor = rng.uniform(0.8, 1.3)
    return Candidate(x - wide * factor / 2, y - high * factor / 2, x + wide * factor / 2, y + high * factor / 2, 1.0)


def varied(
    picture: Image.Image, candidate: Candidate, rng: np.random.Generator, textures: Sequence[Image.Image]
) -> Image.Image:
    """One random variant of a candidate's crop: RGB, square. `textures`: squares of anything, to cover with."""
    box = jittered(candidate, rng)
    made = _turned(picture, box, float(rng.uniform(-45, 45))) if rng.random() < 0.35 else crop(picture, box)
    if rng.random() < 0.5:
        made = ImageOps.mirror(made)
    covering = rng.random()
    if covering < 0.22:
        made = _half_covered(made, _texture(textures, rng), rng)
    elif covering < 0.28:
        made = _hat(made, _texture(textures, rng), rng)
    elif covering < 0.31:
        made = _dark_glasses(made, rng)
    if rng.random() < 0.5:
        made = _light(made, rng)
    if rng.random() < 0.2:
        made = ImageOps.grayscale(made).convert("RGB")
    if rng.random() < 0.15:
        made = _printed(made, rng)
    if rng.random() < 0.25:
        made = made.filter(ImageFilter.GaussianBlur(made.width * rng.uniform(0.003, 0.02)))
    if rng.random() < 0.5:
        made = _small(made, rng)
    if rng.random() < 0.4:
        made = _compressed(made, int(rng.integers(35, 90)))
    return made


def _texture(textures: Sequence[Image.Image], rng: np.random.Generator) -> Image.Image:
    """A texture in a random light, or one colour: a brick, cloth, camouflage, a wall."""
    if not textures or rng.random() < 0.6:
        return Image.new("RGB", (8, 8), tuple(int(v) for v in rng.integers(0, 256, 3)))
    texture = _light(textures[int(rng.integers(len(textures)))], rng)
    return texture.rotate(90 * int(rng.integers(4)))


def _hat(made: Image.Image, texture: Image.Image, rng: np.random.Generator) -> Image.Image:
    """A cap or a helmet: something round over the forehead. Figures often wear one, and people may."""
    mask = Image.new("L", made.size, 0)
    w, h = made.size
    brim = h * rng.uniform(0.28, 0.42)
    left, right, top = w * rng.uniform(0.12, 0.26), w * rng.uniform(0.74, 0.88), h * rng.uniform(-0.1, 0.12)
    draw = ImageDraw.Draw(mask)
    draw.pieslice((left, top, right, 2 * brim - top), 180, 360, fill=255)
    if rng.random() < 0.5:
        draw.rectangle((left - w * 0.05, brim - h * 0.04, right + w * 0.05, brim + h * rng.uniform(0, 0.03)), fill=255)
    mask = mask.filter(ImageFilter.GaussianBlur(w * 0.006))
    return Image.composite(texture.resize(made.size), made, mask)


def _dark_glasses(made: Image.Image, rng: np.random.Generator) -> Image.Image:
    covered = made.copy()
    draw, (w, h) = ImageDraw.Draw(covered), made.size
    y, high = h * rng.uniform(0.38, 0.46), h * rng.uniform(0.05, 0.09)
    shade = int(rng.integers(0, 60))
    for x in (0.4, 0.6):
        draw.ellipse((w * (x - 0.09), y - high, w * (x + 0.09), y + high), fill=(shade, shade, shade))
    draw.line((w * 0.3, y, w * 0.7, y), fill=(shade, shade, shade), width=max(1, w // 60))
    return covered


def _turned(picture: Image.Image, box: Candidate, degrees: float) -> Image.Image:
    """The crop of a box in a picture turned about the box's middle."""
    wide, high = 2 * (box.right - box.left), 2 * (box.bottom - box.top)
    around = crop(
        picture, Candidate(box.left - wide / 4, box.top - high / 4, box.right + wide / 4, box.bottom + high / 4, 1)
    )
    around = around.rotate(degrees, Image.Resampling.BILINEAR, fillcolor=(127, 127, 127))
    cut = around.width * (1 - 1 / 1.5) / 2
    return around.crop((round(cut), round(cut), around.width - round(cut), around.height - round(cut)))


def _half_covered(made: Image.Image, texture: Image.Image, rng: np.random.Generator) -> Image.Image:
    """A brick, a hand's breadth of something, before one side of it."""
    w, h = made.size
    share, side = rng.uniform(0.2, 0.5), int(rng.integers(4))
    places = [(0, 0, w * share, h), (w * (1 - share), 0, w, h), (0, h * (1 - share), w, h), (0, 0, w, h * share)]
    left, top, right, bottom = (round(v) for v in places[side])
    covered = made.copy()
    covered.paste(texture.resize((max(1, right - left), max(1, bottom - top))), (left, top))
    return covered


def _light(made: Image.Image, rng: np.random.Generator) -> Image.Image:
    """Dim or bright, flat or hard, pale or gaudy, with a cast of a lamp."""
    made = ImageEnhance.Brightness(made).enhance(rng.uniform(0.35, 1.4))
    made = ImageEnhance.Contrast(made).enhance(rng.uniform(0.6, 1.4))
    made = ImageEnhance.Color(made).enhance(rng.uniform(0.3, 1.6))
    cast = rng.uniform(0.8, 1.2, 3).astype(np.float32)
    return Image.fromarray(np.clip(np.asarray(made) * cast, 0, 255).astype(np.uint8))


def _printed(made: Image.Image, rng: np.random.Generator) -> Image.Image:
    """On paper or on a screen: less contrast, paper's tint, a raster, a glare."""
    pixels = np.asarray(made).astype(np.float32)
    pixels = 40 + pixels * rng.uniform(0.55, 0.8) + rng.uniform(-10, 10, 3).astype(np.float32)
    step = int(rng.integers(2, 5))
    pixels[::step] *= rng.uniform(0.85, 1.0)
    glare = np.linspace(0, rng.uniform(0, 70), pixels.shape[1])[None, :, None]
    return Image.fromarray(np.clip(pixels + glare, 0, 255).astype(np.uint8))


def _small(made: Image.Image, rng: np.random.Generator) -> Image.Image:
    """As small as a face in the background is: 24 to 64 pixels of face, then enlarged by the encoder."""
    side = round(float(rng.uniform(24, 64)) * 1.4)
    return made if side >= made.width else made.resize((side, side), Image.Resampling.BILINEAR, reducing_gap=2.0)


def _compressed(made: Image.Image, quality: int) -> Image.Image:
    file = io.BytesIO()
    made.save(file, "JPEG", quality=quality)
    return Image.open(file).convert("RGB")
