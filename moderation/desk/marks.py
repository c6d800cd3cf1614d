"""Where in a picture or a text something is, in the units that a page draws. No Django here."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

WIDE = 1000  # a picture's width in the units of its overlay; its height follows from its shape


@dataclass(frozen=True)
class Rect:
    """A box over a picture, in overlay units, with what it says and where those words stand."""

    x: float
    y: float
    w: float
    h: float
    label: str
    verdict: str

    @property
    def label_y(self) -> float:
        """Above the box; inside its top edge where there is no room above."""
        return self.y - 8 if self.y >= 40 else self.y + 30


@dataclass(frozen=True)
class Piece:
    """A piece of a text. `label` "" for what nothing was said of."""

    text: str
    label: str = ""


def overlay_height(width: int, height: int) -> float:
    return round(WIDE * height / width, 1) if width and height else WIDE * 0.75


def rects(evidence: Iterable[Any], verdict: str, width: int, height: int) -> list[Rect]:
    """The boxes of a finding's evidence. What is no box, or lies outside, is left out or cut at the edge."""
    tall = overlay_height(width, height)
    found = []
    for e in evidence:
        if not isinstance(e, Mapping) or not all(isinstance(e.get(k), int | float) for k in ("x", "y", "w", "h")):
            continue
        left, top = max(0.0, e["x"]), max(0.0, e["y"])
        right, bottom = min(1.0, e["x"] + e["w"]), min(1.0, e["y"] + e["h"])
        if right > left and bottom > top:
            x, y, w, h = (round(v, 1) for v in (left * WIDE, top * tall, (right - left) * WIDE, (bottom - top) * tall))
            found.append(Rect(x, y, w, h, label=str(e.get("label", "")), verdict=verdict))
    return found


def pieces(text: str, spans: Iterable[Any]) -> list[Piece]:
    """`text` cut at its spans. Together the pieces are the text again, whatever the spans are.

    Spans that overlap become one piece with both labels; ends outside the text are cut.
    """
    clean = sorted(
        (max(0, s["start"]), min(len(text), s["end"]), str(s.get("label", "")) or "marked")
        for s in spans
        if isinstance(s, Mapping) and isinstance(s.get("start"), int) and isinstance(s.get("end"), int)
    )
    merged: list[tuple[int, int, str]] = []
    for start, end, label in clean:
        if start >= end:
            continue
        if merged and start < merged[-1][1]:
            before, until, said = merged[-1]
            merged[-1] = (before, max(until, end), said if label in said.split(", ") else f"{said}, {label}")
        else:
            merged.append((start, end, label))
    found, at = [], 0
    for start, end, label in merged:
        if start > at:
            found.append(Piece(text[at:start]))
        found.append(Piece(text[start:end], label))
        at = end
    if at < len(text) or not found:
        found.append(Piece(text[at:]))
    return found
