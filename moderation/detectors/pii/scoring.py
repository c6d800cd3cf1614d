"""How well spans were found: each may answer one that was marked, of the same kind, at the same place. Pure."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from moderation.detectors.pii.gold import Marked

LEAST_SHARED = 0.5


@dataclass
class Score:
    """Counts by kind: "tp", "fp", "fn", and "exact", those of the found whose ends are the very same."""

    counts: Counter[tuple[str, str]] = field(default_factory=Counter)

    def __add__(self, other: "Score") -> "Score":
        return Score(self.counts + other.counts)

    def of(self, what: str, kind: str = "") -> int:
        return sum(count for (name, of), count in self.counts.items() if name == what and kind in ("", of))

    def f1(self, kind: str = "") -> float | None:
        found, wrong = self.of("tp", kind), self.of("fp", kind) + self.of("fn", kind)
        return 2 * found / (2 * found + wrong) if found or wrong else None

    def report(self) -> dict[str, dict[str, float | int | None]]:
        """By kind, and "all"."""
        kinds = sorted({kind for _, kind in self.counts})
        return {
            kind or "all": {"f1": self.f1(kind)} | {name: self.of(name, kind) for name in ("tp", "fp", "fn", "exact")}
            for kind in ["", *kinds]
        }


def score(wanted: Sequence[Marked], found: Sequence[Marked]) -> Score:
    """One to one, the best matches first. Two match when what they share is at least half of what they cover."""
    pairs = sorted(
        ((shared(a, b), x, y) for x, a in enumerate(wanted) for y, b in enumerate(found) if a.kind == b.kind),
        reverse=True,
    )
    left, right = set(range(len(wanted))), set(range(len(found)))
    counts: Counter[tuple[str, str]] = Counter()
    for share, x, y in pairs:
        if share >= LEAST_SHARED and x in left and y in right:
            left.remove(x)
            right.remove(y)
            counts["tp", wanted[x].kind] += 1
            counts["exact", wanted[x].kind] += share == 1
    for x in left:
        counts["fn", wanted[x].kind] += 1
    for y in right:
        counts["fp", found[y].kind] += 1
    return Score(counts)


def shared(a: Marked, b: Marked) -> float:
    """Intersection over union of two places, in characters."""
    both = min(a.end, b.end) - max(a.start, b.start)
    return max(both, 0) / (max(a.end, b.end) - min(a.start, b.start))
