"""How a picture looks, in 64 bits: the signs of its 63 coarsest waves and of its brightness. No Django here.

The picture is made 32 x 32 and grey, its discrete cosine transform is taken, and of the 8 x 8 lowest waves each is
compared with their median (pHash; Zauner, "Implementation and Benchmarking of Perceptual Image Hash Functions", 2010).
A JPEG saved anew, scaled or a little brighter keeps nearly all bits; another picture differs in about half of them.
"""

from functools import cache
from typing import IO

import numpy as np
from numpy.typing import NDArray
from PIL import Image

SIDE, WAVES, BITS = 32, 8, 64
NEAR = 7  # bits in which two pictures may differ and still be called alike
PLAIN = 1.0  # of 255: below this spread there is nothing to see, and every such picture would look like every other


@cache
def _waves() -> NDArray[np.float64]:
    """(WAVES, SIDE): the rows of the orthonormal DCT-II."""
    n, k = np.arange(SIDE), np.arange(WAVES)[:, None]
    rows = np.cos(np.pi * (n + 0.5) * k / SIDE) * np.sqrt(2 / SIDE)
    rows[0] /= np.sqrt(2)
    return rows


def look(file: IO[bytes]) -> int | None:
    """64 bits; None for a picture of one colour. Raises OSError for what is no picture."""
    with Image.open(file) as picture:
        picture.draft("L", (SIDE * 4, SIDE * 4))
        grey = np.asarray(picture.convert("L").resize((SIDE, SIDE), Image.Resampling.BOX), np.float64)
    return bits_of(grey)


def bits_of(grey: NDArray[np.float64]) -> int | None:
    """Of a picture (SIDE, SIDE), 0 to 255."""
    if grey.std() < PLAIN:
        return None
    waves = (_waves() @ grey @ _waves().T).ravel()
    waves[0] = 0  # the brightness of the whole says nothing of what is in it
    signs = waves > np.median(waves)
    return int.from_bytes(np.packbits(signs).tobytes(), "big")


def apart(one: int, other: int) -> int:
    """In how many of the 64 bits they differ."""
    return (one ^ other).bit_count()


def bands(bits: int) -> dict[str, int]:
    """The four bands of 16 bits, by the names of their fields."""
    return {name: bits >> shift & 0xFFFF for name, shift in (("a", 48), ("b", 32), ("c", 16), ("d", 0))}


def probes(bits: int) -> dict[str, list[int]]:
    """For each band the values to look for: its own and those one bit away. Pictures that differ in at most NEAR bits
    have, in one of four bands, at most one of them, so every such picture is met."""
    return {name: [value, *(value ^ 1 << n for n in range(16))] for name, value in bands(bits).items()}
