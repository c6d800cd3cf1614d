"""Text -> probability of each theme: n-grams, words that speak for a theme, and the encoder's vector, in one sum.

The encoder knows languages and what sentences are about; it does not know names ("Zane", "Gahlok"), which n-grams and
word lists do. Every part is linear, so what is served is one table and two small matrices.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack

from engagement.themes import sheet
from engagement.themes.ground import Ground
from engagement.themes.lexicon import ThemeWords, lexica, shipped
from engagement.themes.ngrams import Hashes, Table, hashes

# How long each part is before the weights are learned: what is longer is punished less for having a say.
NGRAMS, KNOWN, SAID, VECTOR = 1.4, 0.7, 0.5, 2.0


class Inputs:
    """What a head sees of texts; n-grams, words and vectors are worked out once and cut by rows in cross-validation."""

    def __init__(self, texts: Sequence[str], vectors: NDArray[np.float32], words: Sequence[ThemeWords]) -> None:
        known, said = lexica(words)
        self.grams: list[Hashes] = [hashes(text) for text in texts]
        self.dense = np.hstack([known.score(texts) * KNOWN, said.score(texts) * SAID, vectors * VECTOR])

    def __len__(self) -> int:
        return len(self.grams)

    def of(self, rows: NDArray[np.intp]) -> "Inputs":
        """Of some of the texts."""
        part = Inputs.__new__(Inputs)
        part.grams, part.dense = [self.grams[i] for i in rows], self.dense[rows]
        return part

    def matrix(self, table: Table, rows: NDArray[np.intp] | None = None) -> csr_matrix:
        """(rows, n-grams + 2 x themes + dim)."""
        at = range(len(self.grams)) if rows is None else rows
        return hstack([table.matrix([self.grams[i] for i in at]) * NGRAMS, csr_matrix(self.dense[at])]).tocsr()


class TextHead:
    """`score` gives calibrated probabilities. Raises ModelMissing when its file is not what it should be."""

    def __init__(self, folder: Path, encoder: str | None = None, words: Sequence[ThemeWords] | None = None) -> None:
        """`words`: of the taxonomy as people edited it; without them those that were shipped."""
        self._set(*sheet.read(folder, "text", encoder), words)

    @classmethod
    def of(cls, sheet: sheet.Sheet, arrays: sheet.Arrays, words: Sequence[ThemeWords] | None = None) -> "TextHead":
        """Of a file that was opened already."""
        head = cls.__new__(cls)
        head._set(sheet, arrays, words)
        return head

    def _set(self, sheet: sheet.Sheet, arrays: sheet.Arrays, words: Sequence[ThemeWords] | None) -> None:
        self.sheet = sheet
        by_slug = {theme.slug: theme for theme in (shipped() if words is None else words)}
        self._words = [by_slug.get(slug, ThemeWords(slug, slug)) for slug in self.sheet.themes]
        self._known, self._said = lexica(self._words)
        self._table = Table(arrays["known"], arrays["rarity"].astype(np.float32))
        self._grams = arrays["grams"].astype(np.float32) * arrays["step"]
        self._dense, self._bias = arrays["dense"], arrays["bias"]
        self.ground = Ground.of(arrays)

    def score(self, texts: Sequence[str], vectors: NDArray[np.float32]) -> NDArray[np.float64]:
        """(n, themes), rows sum to 1."""
        dense = np.hstack([self._known.score(texts) * KNOWN, self._said.score(texts) * SAID, vectors * VECTOR])
        grams = self._table.matrix([hashes(text) for text in texts]) * NGRAMS
        return softmax(grams @ self._grams + dense @ self._dense + self._bias)


def packed(table: Table, weight: NDArray[np.floating], bias: NDArray[np.floating]) -> dict[str, Any]:
    """The arrays of a head: n-grams' weights as whole numbers of one byte, a step a theme."""
    n = len(table.known)
    step = np.abs(weight[:n]).max(0) / 127 + 1e-12
    return {
        "known": table.known,
        "rarity": table.rarity.astype(np.float16),
        "grams": np.round(weight[:n] / step).astype(np.int8),
        "step": step.astype(np.float32),
        "dense": weight[n:].astype(np.float32),
        "bias": bias.astype(np.float32),
    }


def softmax(logits: NDArray) -> NDArray[np.float64]:
    wide = np.asarray(logits, np.float64)
    wide = np.exp(wide - wide.max(1, keepdims=True))
    return wide / wide.sum(1, keepdims=True)
