"""Character n-grams of a text as numbers, and a table of weights for those that were learned. Pure: no Django.

An n-gram is stored as its CRC-32 alone: the table holds no piece of a text that it was learned from, and two n-grams
in a million share a number.
"""

import re
import zlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from engagement.themes.lexicon import folded

SHORTEST, LONGEST = 2, 6  # characters, inside one word with its borders
WORDS = 3  # words in a row
MOST = 4000  # characters of a text that are looked at
_PIECE = re.compile(r"[\w']+|[^\w\s]")

Hashes = NDArray[np.uint32]


def hashes(text: str) -> Hashes:
    """The text's distinct n-grams, sorted."""
    pieces = _PIECE.findall(folded(text[:MOST]))
    grams: set[str] = set()
    for piece in set(pieces):
        word = f" {piece} "
        for n in range(SHORTEST, LONGEST + 1):
            grams.update("c" + word[at : at + n] for at in range(len(word) - n + 1))
    row = ["^", *pieces, "$"]
    for n in range(1, WORDS + 1):
        grams.update(f"w{n}" + " ".join(row[at : at + n]) for at in range(len(row) - n + 1))
    return np.unique(np.array([zlib.crc32(gram.encode("utf-8", "replace")) for gram in grams], np.uint32))


@dataclass(frozen=True)
class Table:
    """`known` (n,): sorted hashes. `rarity` (n,): their inverse document frequency."""

    known: Hashes
    rarity: NDArray[np.float32]

    @classmethod
    def learned(cls, rows: Sequence[Hashes], least: int) -> "Table":
        """Of n-grams that at least `least` of the texts have: what was seen once says nothing of another text."""
        known, count = np.unique(np.concatenate(rows), return_counts=True)
        kept = count >= least
        rarity = np.log((1 + len(rows)) / (1 + count[kept])) + 1
        return cls(known[kept], rarity.astype(np.float32))

    def matrix(self, rows: Sequence[Hashes]) -> csr_matrix:
        """(texts, n), rows of unit length (or zero), float32."""
        found, values, ends = [], [], [0]
        for row in rows:
            at = np.minimum(np.searchsorted(self.known, row), max(0, len(self.known) - 1))
            at = at[self.known[at] == row] if len(self.known) else at[:0]
            value = self.rarity[at]
            found.append(at)
            values.append(value / max(1e-9, float(np.sqrt((value**2).sum()))))
            ends.append(ends[-1] + len(at))
        shape = (len(rows), len(self.known))
        return csr_matrix((_joined(values, np.float32), _joined(found, np.int64), ends), shape=shape)


def _joined(rows: Sequence[NDArray], kind: type) -> NDArray:
    return np.concatenate(rows).astype(kind) if rows else np.zeros(0, kind)
