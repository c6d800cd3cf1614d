"""A picture's 64 bits stay when it is saved anew, and differ for another."""

import io

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageEnhance

from moderation.search.looks import BITS, NEAR, apart, bands, bits_of, look, probes

WORD = st.integers(0, 2**BITS - 1)


def drawn(seed: int) -> Image.Image:
    coarse = np.random.default_rng(seed).integers(0, 255, (6, 8, 3), dtype=np.uint8)
    return Image.fromarray(coarse).resize((640, 480), Image.Resampling.BICUBIC)


def saved(picture: Image.Image, quality: int = 90) -> io.BytesIO:
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=quality)
    return io.BytesIO(file.getvalue())


def test_saved_anew_scaled_and_brighter_it_looks_the_same():
    for seed in range(5):
        first = look(saved(drawn(seed)))
        others = [
            look(saved(drawn(seed), quality=40)),
            look(saved(drawn(seed).resize((200, 150)))),
            look(saved(ImageEnhance.Brightness(drawn(seed)).enhance(1.1))),
        ]
        assert first is not None
        assert all(other is not None and apart(first, other) <= NEAR for other in others)
        other = look(saved(drawn(seed + 100)))
        assert other is not None
        assert apart(first, other) > NEAR


def test_a_picture_of_one_colour_has_no_look():
    assert bits_of(np.full((32, 32), 7.0)) is None
    assert look(saved(Image.new("RGB", (64, 48), "black"))) is None


@given(WORD, st.sets(st.integers(0, BITS - 1), max_size=NEAR))
def test_whoever_differs_in_few_bits_is_met(bits, flipped):
    """At most NEAR bits over four bands: one band has at most one of them."""
    other = bits
    for place in flipped:
        other ^= 1 << place
    assert apart(bits, other) == len(flipped)
    assert any(bands(other)[name] in values for name, values in probes(bits).items())
