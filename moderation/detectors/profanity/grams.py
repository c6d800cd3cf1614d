"""Character n-grams of a text, and what a linear model on them says: spelling that no vector keeps.

A vector knows what a text means; it forgets how it is written, and slang, spelling and insults of a language of which
the encoder has read little are just that. n-grams of 1 to 6 characters, over the ends of words too, and words and pairs
of words are hashed into cells; a cell that is there counts once (Joachims 1998: tf-idf, here with tf 0 or 1), and rows
are of length 1. Korean syllables are taken apart into their letters, so that an ending or a vowel that somebody changed
leaves most n-grams as they were. Pure but for the file of weights.
"""

import re
import unicodedata
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

_OF_LETTERS, _OF_WORDS = 1 << 18, 1 << 17
CELLS = _OF_LETTERS + _OF_WORDS
SIZES = range(1, 7)
LONGEST = 2000  # characters that are read: a longer text is also read by its parts
_LINK = re.compile(r"https?://\S+|www\.\S+")
_NAME = re.compile(r"@\w+")
_RUN = re.compile(r"(.)\1{2,}")
_SPACE = re.compile(r"\s+")
_MARK = re.compile("[\u0300-\u036f]")
_DIGIT = re.compile(r"\d")
_STEP = np.uint64(0x9E3779B97F4A7C15)  # odd, so that multiplying loses nothing (Knuth's golden ratio)
_MIX = np.uint64(0xBF58476D1CE4E5B9)

Cells = NDArray[np.int64]


def tidy(text: str) -> str:
    """Lower case, compatible characters without marks, Hangul as letters, links and names left out, no long runs."""
    short = unicodedata.normalize("NFKD", _NAME.sub("@", _LINK.sub(" ", text[:LONGEST].lower())))
    return _SPACE.sub(" ", _RUN.sub(r"\1\1", _DIGIT.sub("0", _MARK.sub("", short)))).strip()


def cells(text: str) -> Cells:
    """The cells that the text's n-grams fall into, each once, sorted. Empty for an empty text."""
    letters = tidy(text)
    if not letters:
        return np.zeros(0, np.int64)
    codes = np.frombuffer(f" {letters} ".encode("utf-32-le", "replace"), np.uint32).astype(np.uint64)
    found = []
    running = np.zeros(len(codes), np.uint64)
    for size in SIZES:
        if size > len(codes):
            break
        # The hash of n characters is that of the n - 1 before, one step on; numpy's integers wrap around silently.
        running = running[: len(codes) - size + 1] * _STEP + codes[size - 1 :] + np.uint64(size)
        mixed = (running ^ (running >> np.uint64(31))) * _MIX
        found.append((mixed ^ (mixed >> np.uint64(29))) & np.uint64(_OF_LETTERS - 1))
    words = letters.split(" ")
    pairs = [f"{a} {b}" for a, b in pairwise(words)]
    hashed = [_OF_LETTERS + crc32(word.encode("utf-8", "replace")) % _OF_WORDS for word in (*words, *pairs)]
    return np.unique(np.concatenate([*found, np.array(hashed, np.uint64)])).astype(np.int64)


@dataclass(frozen=True)
class Grams:
    """A linear model: `weight` (CELLS,) float16, already times the cell's idf; `rare` (CELLS,) float16, the idf."""

    weight: NDArray[np.float16]
    rare: NDArray[np.float16]
    shift: float

    def logit(self, text: str) -> float:
        """Above 0 for rude; 0.0 for a text without any n-gram that was seen in training."""
        return self.logit_of(cells(text))

    def logit_of(self, there: Cells) -> float:
        rare = self.rare[there].astype(np.float32)
        length = float(np.sqrt((rare * rare).sum()))
        return float(self.weight[there].astype(np.float32).sum()) / length + self.shift if length else 0.0


def read(folder: Path) -> Grams:
    """From grams.npz, which `write` made."""
    with np.load(folder / "grams.npz", allow_pickle=False) as kept:
        return Grams(kept["weight"], kept["rare"], float(kept["shift"]))


def write(model: Grams, folder: Path) -> None:
    np.savez_compressed(folder / "grams.npz", weight=model.weight, rare=model.rare, shift=np.float32(model.shift))
