"""Which words of a text are somebody's name, and which an address: a linear-chain CRF (Lafferty, McCallum and Pereira,
2001) by the package python-crfsuite (MIT), on the features of each token."""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

import pycrfsuite

from moderation.detectors.pii.features import features
from moderation.detectors.pii.tokens import tokens

HERE = Path(__file__).parent
MODEL, SHEET = "tagger.crfsuite", "tagger.json"


@dataclass(frozen=True)
class Tagged:
    """`kind` ("name", "address", "place", "firm") at start..end of the text. `p`: the mean of its tokens'."""

    start: int
    end: int
    kind: str
    p: float


class BadTagger(Exception):
    """The file is not the one that the sheet is of."""


class Tagger:
    """`tag` is deterministic. One instance a process: the native tagger is not to be used by two threads at once."""

    def __init__(self, folder: Path = HERE) -> None:
        sheet = json.loads((folder / SHEET).read_text("utf-8"))
        raw = (folder / MODEL).read_bytes()
        if hashlib.sha256(raw).hexdigest() != sheet["sha256"]:
            raise BadTagger(f"{MODEL} is not the one that {SHEET} tells of.")
        self.version = str(sheet["version"])
        self._raw = raw  # the native tagger reads from it
        self._tagger = pycrfsuite.Tagger()
        self._tagger.open_inmemory(raw)

    def tag(self, text: str) -> list[Tagged]:
        # Half a surrogate is no text that the native tagger could read; it stays one character.
        words = tokens(text.encode("utf-8", "replace").decode())
        if not words:
            return []
        labels = self._tagger.tag(features(words))
        found: list[Tagged] = []
        begin = 0
        while begin < len(words):
            label = labels[begin]
            if label == "O":
                begin += 1
                continue
            kind = label[2:]
            end = begin + 1
            while end < len(words) and labels[end] == f"I-{kind}":
                end += 1
            last = end
            while last > begin + 1 and words[last - 1].text == "\n":
                last -= 1
            p = sum(self._tagger.marginal(labels[at], at) for at in range(begin, last)) / (last - begin)
            found.append(Tagged(words[begin].start, words[last - 1].end, kind, p))
            begin = end
        return found
