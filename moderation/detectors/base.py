"""What a detector is: something that looks at one part and says what it found.

Nothing here knows Django or a database: a detector can be run on a picture from a folder exactly as in
production, which is what `manage.py evaluate` does.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from featurestore.heads.head import Head, Scorer

Verdict = Literal["pass", "flag", "reject", "error"]
Kind = Literal["image", "text"]


@dataclass(frozen=True)
class Box:
    """A place in a picture. x, y, w, h are shares of its width and height (0..1), from the top left."""

    x: float
    y: float
    w: float
    h: float
    label: str
    score: float


@dataclass(frozen=True)
class Span:
    """A place in a text: characters start..end of the text as the child wrote it (end exclusive)."""

    start: int
    end: int
    label: str


@dataclass
class Picture:
    """A picture to look at: RGB, upright, no alpha. `features` maps an encoder version to this picture's vector."""

    image: Image.Image
    features: dict[str, NDArray[np.float32]] = field(default_factory=dict)


@dataclass
class Text:
    """A text to look at. `language` is the declared BCP 47 tag, "" when unknown."""

    text: str
    language: str = ""
    features: dict[str, NDArray[np.float32]] = field(default_factory=dict)


@dataclass(frozen=True)
class Finding:
    """What one detector said of one part.

    `score` is in 0..1 and calibrated where the card says so; at or above `threshold` the verdict is not "pass".
    `reason` is the reason code that follows from a "flag" or "reject" ("" on a pass).
    `inputs` is what its head read (encoder version -> (n, dim), likeliest first); it feeds the feature store, so that a
    head can be trained again on what a head reads.
    """

    detector: str
    verdict: Verdict
    score: float
    threshold: float
    reason: str = ""
    evidence: tuple[Box | Span, ...] = ()
    note: str = ""
    inputs: Mapping[str, NDArray[np.float32]] = field(default_factory=dict, compare=False)


@dataclass(frozen=True)
class Card:
    """Who a detector is. `measured` gives figures with the command that made them. `view` is what its heads' inputs are
    of, in the feature store's words; "" where it has no head."""

    name: str
    version: str
    kind: Kind
    task: str  # the head's task that its labels train: "face", "profanity", "quality"
    does: str
    data: str
    licence: str
    measured: Mapping[str, str] = field(default_factory=dict)
    view: str = ""


class Detector(Protocol):
    """`load` is called once in each worker process, after fork; `look_many` may be called ever after.

    `look_many` returns one Finding a part, in order; a batch says the same as single looks. It raises only on
    bugs: the executor turns an exception into an "error" finding, which makes work for a person, never a pass.
    """

    card: Card

    def load(self) -> None: ...

    def look_many(self, parts: Sequence[Any]) -> list[Finding]:
        """`parts` are all of the card's kind: Pictures or Texts."""
        ...


@runtime_checkable
class HeadDetector(Detector, Protocol):
    """A detector whose answer is a head's, split so that many heads share one look.

    `see_many` does all that is costly and that no head changes; `judge` asks one head about what was seen of one part.
    What only some heads need, the seen thing makes when it is first asked for, and keeps for the next head.
    """

    def head(self) -> Head:
        """The head that the detector came with. After `load`."""
        ...

    def reads(self) -> str:
        """The encoder version of what its heads read: a head of another one cannot judge here. After `load`."""
        ...

    def see_many(self, parts: Sequence[Any]) -> list[Any]:
        """What there is to judge of each part, in order."""
        ...

    def judge(self, part: Any, seen: Any, head: Scorer, threshold: float) -> Finding:
        """What the detector says with this head and this threshold. Never changes the part."""
        ...


def look_with(detector: HeadDetector, parts: Sequence[Any], head: Scorer, threshold: float) -> list[Finding]:
    """One Finding a part, by this head."""
    seen = detector.see_many(parts)
    return [detector.judge(part, one, head, threshold) for part, one in zip(parts, seen, strict=True)]
