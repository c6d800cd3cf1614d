"""How much of what was encoded can be drawn or named from its vector: decoders learn on public data and are tried on
what is stored."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from featurestore.privacy import decoders
from featurestore.privacy.decoders import SIDE, Decode, Vectors
from featurestore.privacy.figures import Figure, mean, share

WORD = re.compile(r"\w{2,}")
LINEAR, CONVOLUTIONAL, NETWORK = "linear", "convolutional", "network"
Pixels = NDArray[np.float32]  # (n, SIDE * SIDE * 3) in 0..1


@dataclass(frozen=True)
class Drawn:
    """`likeness` is the correlation with the original's pixels, both less the mean picture; `found` how often the
    original was the likest of all."""

    likeness: Figure
    found: Figure


@dataclass(frozen=True)
class Seen:
    """What each decoder made. `rows` are (original, made by each), three best ones, then three typical ones."""

    by: dict[str, Drawn]
    rows: list[list[Image.Image]]


def pixels(pictures: Sequence[Image.Image]) -> Pixels:
    small = [np.asarray(picture.convert("RGB").resize((SIDE, SIDE)), np.float32) / 255 for picture in pictures]
    return np.stack(small).reshape(len(small), -1).astype(np.float32)


def decode_pictures(public: Vectors, shown: Pixels, stored: Vectors, truth: Pixels, epochs: int, seed: int) -> Seen:
    made: dict[str, Pixels] = {
        LINEAR: decoders.linear_pictures(public, shown)(stored),
        CONVOLUTIONAL: decoders.convolutional_pictures(public, shown, epochs, seed)(stored),
    }
    middle = shown.mean(0)
    by, own = {}, np.zeros(len(truth))
    for name, guess in made.items():
        alike = _correlation(truth - middle, guess - middle)
        found = share(alike.argmax(0) == np.arange(len(truth)), 1 / len(truth))
        by[name] = Drawn(mean(np.diag(alike), 0.0, seed), found)
        own = np.maximum(own, np.diag(alike))
    rows = [[_image(all_of[n]) for all_of in (truth, *made.values())] for n in _best_and_typical(own, 3)]
    return Seen(by, rows)


@dataclass(frozen=True)
class Read:
    """`by`: for each decoder the share of a text's words that are among as many words as it was let name; chance names
    the commonest. `examples`: (text, words that the better decoder named), the best first, then typical ones."""

    by: dict[str, Figure]
    examples: list[tuple[str, list[str]]]


def decode_texts(
    public: Vectors, shown: Sequence[str], stored: Vectors, truth: Sequence[str], epochs: int, seed: int
) -> Read:
    """Which words does a text have, of all words that 4 public texts or more have?"""
    bags = [set(WORD.findall(text.lower())) for text in shown]
    common = Counter(word for bag in bags for word in bag)
    words = [word for word, count in common.most_common() if count >= 4]
    there = np.array([[word in bag for word in words] for bag in bags], np.float32)
    sought = [set(WORD.findall(text.lower())) & set(words) for text in truth]
    asked = [n for n, bag in enumerate(sought) if bag]
    chance = float(np.mean([_named(sought[n], words[: len(sought[n])]) for n in asked]))
    models: dict[str, Decode] = {
        LINEAR: decoders.linear_words(public, there),
        NETWORK: decoders.network_words(public, there, epochs, seed),
    }
    by, examples, best = {}, [], -1.0
    for name, decode in models.items():
        score = decode(stored)
        named = {n: [words[k] for k in np.argsort(-score[n])[: len(sought[n])]] for n in asked}
        shares = np.array([_named(sought[n], named[n]) for n in asked])
        by[name] = mean(shares, chance, seed)
        if by[name].value > best:
            best = by[name].value
            examples = [(truth[asked[n]], named[asked[n]]) for n in _best_and_typical(shares, 2)]
    return Read(by, examples)


def _named(bag: set[str], words: Sequence[str]) -> float:
    return len(bag & set(words)) / len(bag)


def _best_and_typical(values: NDArray[np.floating], count: int) -> list[int]:
    order = np.argsort(-values, kind="stable")
    middle = len(order) // 2
    return [int(n) for n in (*order[:count], *order[middle : middle + count])]


def _correlation(a: Pixels, b: Pixels) -> NDArray[np.floating]:
    """(n, n): of each row of `a` with each of `b`."""
    a, b = a - a.mean(1, keepdims=True), b - b.mean(1, keepdims=True)
    a /= np.maximum(np.linalg.norm(a, axis=1, keepdims=True), 1e-9)
    b /= np.maximum(np.linalg.norm(b, axis=1, keepdims=True), 1e-9)
    return a @ b.T


def _image(row: Pixels) -> Image.Image:
    return Image.fromarray((row.reshape(SIDE, SIDE, 3) * 255).round().astype(np.uint8))
