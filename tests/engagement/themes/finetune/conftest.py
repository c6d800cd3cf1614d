"""Drawn pictures of two themes that can be told apart, as shards."""

import io

import numpy as np
import pytest
from PIL import Image, ImageDraw

from engagement.themes.finetune.shards import Kept
from engagement.themes.finetune.writing import from_samples

THEMES = ["castle", "train"]


def drawn(number: int) -> bytes:
    """Gray boxes are castles, red circles trains; no two alike."""
    rng = np.random.default_rng(number)
    picture = Image.new("RGB", (48, 40), tuple(int(v) for v in rng.integers(90, 255, 3)))
    draw, at = ImageDraw.Draw(picture), [int(v) for v in rng.integers(2, 14, 2)]
    box = (at[0], at[1], at[0] + 26, at[1] + 22)
    draw.ellipse(box, fill="red") if number % 2 else draw.rectangle(box, fill="gray")
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()


def kept(count: int, first: int = 0):
    return [Kept(f"{n:09d}", drawn(n), THEMES[n % 2]) for n in range(first, first + count)]


@pytest.fixture(scope="session")
def index(tmp_path_factory):
    """44 pictures in shards of 6: seven whole ones and a rest."""
    return from_samples(kept(44), tmp_path_factory.mktemp("shards"), 6, themes=THEMES)


@pytest.fixture(scope="session")
def held_out(tmp_path_factory):
    return from_samples(kept(12, 100), tmp_path_factory.mktemp("held-out"), 4, themes=THEMES)
