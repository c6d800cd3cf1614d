"""From a vector back to what it was made of: decoders that learn on public data and are tried on what is stored."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from sklearn.decomposition import PCA
from sklearn.linear_model import RidgeCV
from sklearn.preprocessing import StandardScaler

from featurestore.privacy.figures import Figure, mean, share

SIDE = 64
COMPONENTS = 64
ALPHAS = np.logspace(0, 5, 11)
WORD = re.compile(r"\w{2,}")
Vectors = NDArray[np.float32]
Pixels = NDArray[np.float32]  # (n, SIDE * SIDE * 3) in 0..1


@dataclass(frozen=True)
class Seen:
    """What a decoder made: `likeness` is the correlation with the original's pixels, less the mean picture's; `found`
    how often the original was the likest of all; `pairs` are (original, decoded), the best first, then typical ones."""

    likeness: Figure
    found: Figure
    pairs: list[tuple[Image.Image, Image.Image]]


def pixels(pictures: Sequence[Image.Image]) -> Pixels:
    small = [np.asarray(picture.convert("RGB").resize((SIDE, SIDE)), np.float32) / 255 for picture in pictures]
    return np.stack(small).reshape(len(small), -1).astype(np.float32)


def decode_pictures(public: Vectors, shown: Pixels, stored: Vectors, truth: Pixels, seed: int) -> Seen:
    """A linear decoder onto the COMPONENTS commonest shapes of public pictures, as strong as so few allow."""
    scale = StandardScaler().fit(public)
    shapes = PCA(min(COMPONENTS, len(shown) - 1), random_state=0).fit(shown)
    model = RidgeCV(ALPHAS).fit(scale.transform(public), shapes.transform(shown))
    made = np.clip(shapes.inverse_transform(model.predict(scale.transform(stored))), 0, 1)
    middle = shown.mean(0)
    alike = _correlation(truth - middle, made - middle)
    own = np.diag(alike)
    order = np.argsort(-own)
    chosen = [*order[:3], *order[len(order) // 2 : len(order) // 2 + 3]]
    return Seen(
        mean(own, 0.0, seed),
        share(alike.argmax(0) == np.arange(len(truth)), 1 / len(truth)),
        [(_image(truth[n]), _image(made[n])) for n in chosen],
    )


@dataclass(frozen=True)
class Read:
    """`found`: the share of a text's words that are among as many words as the decoder was let name; chance names the
    commonest. `examples`: (text, named words), the best first, then typical ones."""

    found: Figure
    examples: list[tuple[str, list[str]]]


def decode_texts(public: Vectors, shown: Sequence[str], stored: Vectors, truth: Sequence[str], seed: int) -> Read:
    """Which words does a text have? One linear decoder a word, for all words that 4 public texts or more have."""
    bags = [set(WORD.findall(text.lower())) for text in shown]
    common = Counter(word for bag in bags for word in bag)
    words = [word for word, count in common.most_common() if count >= 4]
    there = np.array([[word in bag for word in words] for bag in bags], np.float32)
    scale = StandardScaler().fit(public)
    model = RidgeCV(ALPHAS).fit(scale.transform(public), there)
    score = model.predict(scale.transform(stored))
    shares, guesses, examples = [], [], []
    for n, text in enumerate(truth):
        bag = set(WORD.findall(text.lower())) & set(words)
        if bag:
            named = [words[k] for k in np.argsort(-score[n])[: len(bag)]]
            shares.append(len(bag & set(named)) / len(bag))
            guesses.append(len(bag & set(words[: len(bag)])) / len(bag))
            examples.append((text, named))
    order = np.argsort(-np.array(shares))
    chosen = [*order[:2], *order[len(order) // 2 : len(order) // 2 + 2]]
    return Read(mean(np.array(shares), float(np.mean(guesses)), seed), [examples[n] for n in chosen])


def _correlation(a: Pixels, b: Pixels) -> NDArray[np.floating]:
    """(n, n): of each row of `a` with each of `b`."""
    a, b = a - a.mean(1, keepdims=True), b - b.mean(1, keepdims=True)
    a /= np.maximum(np.linalg.norm(a, axis=1, keepdims=True), 1e-9)
    b /= np.maximum(np.linalg.norm(b, axis=1, keepdims=True), 1e-9)
    return a @ b.T


def _image(row: Pixels) -> Image.Image:
    return Image.fromarray((row.reshape(SIDE, SIDE, 3) * 255).round().astype(np.uint8))
