"""Does a new author look like one that is banned? A suggestion, never more. Pure.

Three signals, none of a device: the very same rejected thing sent again (equal digests), how the texts are written
(cosine of character trigrams, as in authorship attribution: Stamatatos 2009), and at which hours. The weights and the
threshold were set on one half of simulated authors; `manage.py simulate_hints` measures on the other.
"""

import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

LEAST = 120  # characters of text on both sides: less says nothing of a style
THRESHOLD = 0.66


@dataclass(frozen=True)
class Traces:
    """What is known of one author: `digests` of rejected (old) or of all (new) parts, texts, hours 0..23 (UTC)."""

    digests: frozenset[str] = frozenset()
    texts: tuple[str, ...] = ()
    hours: tuple[int, ...] = field(default=())


@dataclass(frozen=True)
class Likeness:
    """`same`: how many rejected things came again. `style`, `hours`: 0..1, None where there is too little."""

    same: int
    style: float | None
    hours: float | None

    @property
    def score(self) -> float:
        """0..1. The same rejected thing alone is enough; style needs hours beside it, and hours alone say nothing."""
        if self.same:
            return 1.0
        if self.style is None:
            return 0.0
        return 0.85 * self.style + 0.15 * (self.hours if self.hours is not None else 0.5)

    @property
    def suggests(self) -> bool:
        return self.score >= THRESHOLD


def compare(old: Traces, new: Traces) -> Likeness:
    return Likeness(len(old.digests & new.digests), style(old.texts, new.texts), rhythm(old.hours, new.hours))


def style(old: Iterable[str], new: Iterable[str]) -> float | None:
    a, b = " ".join(old), " ".join(new)
    if min(len(a), len(b)) < LEAST:
        return None
    return _cosine(_trigrams(a), _trigrams(b))


def rhythm(old: Iterable[int], new: Iterable[int]) -> float | None:
    """Hours of the day, each blurred over its neighbours."""
    a, b = (_hours(hours) for hours in (old, new))
    return _cosine(a, b) if sum(a.values()) >= 5 and sum(b.values()) >= 3 else None


def _trigrams(text: str) -> Counter[str]:
    # With case and signs: they are the habit, more than the words.
    found = Counter(text[n : n + 3] for n in range(len(text) - 2))
    return Counter({gram: math.log1p(n) for gram, n in found.items()})


def _hours(hours: Iterable[int]) -> Counter[int]:
    found: Counter[int] = Counter()
    for hour in hours:
        for step, part in ((-1, 0.25), (0, 0.5), (1, 0.25)):
            found[(hour + step) % 24] += part  # type: ignore[assignment]
    return found


def _cosine(a: Counter, b: Counter) -> float:
    dot = sum(value * b[key] for key, value in a.items() if key in b)
    size = math.sqrt(sum(v * v for v in a.values()) * sum(v * v for v in b.values()))
    return float(dot / size) if size else 0.0
