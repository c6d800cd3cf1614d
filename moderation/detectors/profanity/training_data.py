"""What the head is trained and measured on: labelled texts, the part that each belongs to, their vectors and votes."""

import csv
import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from featurestore.encoders.text import load
from moderation.detectors.profanity.find import find, languages_of
from moderation.detectors.profanity.lines import names, read_all
from moderation.detectors.profanity.votes import listed

# What the head is trained on; the card says under which licences they come.
SOURCES = ("tweets", "jigsaw_templates", "germeval2018", "cold", "told_br", "korean_hs", "conda")
PARTS = 64
_NOISE = re.compile(r"https?://\S+|@\w+|&\w+;|\brt\b")
_NOT_LETTERS = re.compile(r"[\W\d_]+")

Array = NDArray[np.float32]


@dataclass(frozen=True)
class Row:
    """One labelled text. `source` says where it is from, `weight` how much it counts."""

    text: str
    language: str
    rude: bool
    source: str
    weight: float = 1.0

    @property
    def part(self) -> int:
        """0..63 by the letters alone: copies that differ in names, links and punctuation fall together."""
        letters = _NOT_LETTERS.sub(" ", _NOISE.sub(" ", self.text.lower())).strip()
        return int(hashlib.sha256(letters.encode("utf-8", "replace")).hexdigest(), 16) % PARTS


def read_tweets(path: Path) -> list[Row]:
    with path.open(newline="", encoding="utf-8") as file:
        return [Row(row["text"], "en", row["label"] != "neither", "tweets") for row in csv.DictReader(file)]


def read_multi(path: Path) -> list[Row]:
    language = path.stem.removeprefix("multi_")
    with path.open(newline="", encoding="utf-8") as file:
        return [Row(row["text"], language, row["toxic"] == "1", row["source"]) for row in csv.DictReader(file)]


def read_own() -> list[Row]:
    """Our own lines, which count more because they are few, and made-up names."""
    lines = [Row(text, language, rude, "own", 8.0 if rude else 12.0) for language, text, rude in read_all()]
    return lines + [Row(name, "en", False, "names", 1.0) for name in names(3000)]


class Encoded:
    """Vectors and votes of texts; vectors are kept in a file, because encoding is what takes long."""

    def __init__(self, models_dir: Path, cache: Path | None, keep_at_once: bool = True) -> None:
        self._encoder = load(models_dir)
        self._at_once, self._fresh = keep_at_once, 0
        self.version = self._encoder.version
        self._path = cache / f"{self.version}.npz" if cache else None
        self._known: dict[str, Array] = {}
        if self._path and self._path.exists():
            with np.load(self._path) as kept:
                self._known = dict(zip(kept["keys"].tolist(), kept["vectors"], strict=True))

    def vectors(self, texts: Sequence[str]) -> Array:
        keys = [hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest() for text in texts]
        new = {key: text for key, text in zip(keys, texts, strict=True) if key not in self._known}
        for done, (key, text) in enumerate(new.items(), 1):
            self._known[key] = self._encoder.encode([text])[0]
            if done % 2000 == 0:
                print(f"  encoded {done} of {len(new)}", flush=True)  # noqa: T201
        self._fresh += len(new)
        if self._at_once:
            self.keep()
        return np.stack([self._known[key] for key in keys])

    def keep(self) -> None:
        """Write what is new into the cache, if there is one."""
        if self._fresh and self._path:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            np.savez(self._path, keys=np.array(list(self._known)), vectors=np.array(list(self._known.values())))
        self._fresh = 0

    def inputs(self, rows: Sequence[Row]) -> Array:
        """What the head reads of each row: the vector, then the votes of the lists."""
        voted = [listed(find(row.text, languages_of(row.text, row.language))) for row in rows]
        return np.concatenate([self.vectors([row.text for row in rows]), np.stack(voted)], axis=1)


def auc(scores: NDArray[Any], truth: NDArray[np.bool_]) -> float:
    """The chance that a rude text has the higher score than a kind one; equal scores count half."""
    from scipy.stats import rankdata

    ranks = rankdata(scores)
    rude = int(truth.sum())
    return float((ranks[truth].sum() - rude * (rude + 1) / 2) / max(rude * (len(truth) - rude), 1))
