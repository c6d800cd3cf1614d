"""Every text can be read on every ground it stands on, light and dark (WCAG 2.2 AA)."""

import re
from pathlib import Path

import pytest
from django.conf import settings

TOKENS = (Path(settings.BASE_DIR) / "static/css/tokens.css").read_text()
COLOURS = {
    name: (light, dark)
    for name, light, dark in re.findall(r"--([\w-]+):\s*light-dark\((#[0-9a-f]{6}),\s*(#[0-9a-f]{6})\)", TOKENS)
}
GROUNDS = ("canvas", "surface", "raised")
TEXTS = [(text, ground) for text in ("ink", "quiet", "accent", "good", "bad", "warn") for ground in GROUNDS]
TEXTS += [(state, f"{state}-wash") for state in ("good", "bad", "warn", "accent")]
TEXTS += [("ink", f"{state}-wash") for state in ("good", "bad", "warn", "accent")]
TEXTS += [("quiet", "accent-wash"), ("on-accent", "accent"), ("on-accent", "accent-strong")]
OUTLINES = [("edge", ground) for ground in GROUNDS] + [("accent", ground) for ground in GROUNDS]


def luminance(colour: str) -> float:
    channels = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    bright, dim = sorted((luminance(one), luminance(other)), reverse=True)
    return (bright + 0.05) / (dim + 0.05)


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("text", "ground"), TEXTS)
def test_text(text, ground, theme):
    assert contrast(COLOURS[text][theme], COLOURS[ground][theme]) >= 4.5


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("line", "ground"), OUTLINES)
def test_what_can_be_filled_in_or_pressed_has_an_outline(line, ground, theme):
    assert contrast(COLOURS[line][theme], COLOURS[ground][theme]) >= 3


def test_the_measure_itself():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)
