"""What can be wrong with a picture, declared as data: a measure, where doubt begins, where it is sure.

The limits lie between good pictures (measured: 744 photos, catalogue pictures and drawings) and spoiled ones
(degrade.py), nearer to the spoiled: a fault that is missed costs a moderator a second, a good picture that is refused
costs a child its build.
"""

from collections.abc import Callable
from dataclasses import dataclass

from moderation.detectors.quality.measures import Measures

THRESHOLD = 0.5  # from here a person should look first
SURE = 0.75  # from here it is refused
NOWHERE = 1e6


@dataclass(frozen=True)
class Fault:
    """Score 0.5 where `value` is `unsure`, 0.75 where it is `sure`, linear through both, cut to 0..1.

    With `may_reject` off the score stays under SURE.
    """

    name: str
    note: str
    value: Callable[[Measures], float]
    unsure: float
    sure: float
    may_reject: bool = True

    def score(self, measures: Measures) -> float:
        raw = THRESHOLD + (SURE - THRESHOLD) * (self.value(measures) - self.unsure) / (self.sure - self.unsure)
        return min(max(raw, 0.0), 1.0 if self.may_reject else SURE - 0.01)


def _emptiness(m: Measures) -> float:
    """Contrast of the most contrasty blocks; a picture without any is a pocket when it is dark."""
    return m.contrast if m.mean < 110 else NOWHERE


def _frame(m: Measures) -> float:
    """The thinner of two bands that face each other: a single one is a table's edge or a shelf."""
    return max(min(m.top, m.bottom), min(m.left, m.right))


FAULTS = (
    Fault("black", "The picture is black.", lambda m: m.bright, 24, 16),
    Fault("white", "The picture is white.", lambda m: m.dark, 225, 238),
    Fault("one_colour", "The picture shows one colour and nothing else.", lambda m: max(m.spread, m.contrast), 32, 20),
    Fault("pocket", "The picture shows a pocket or a finger before the lens.", _emptiness, 36, 22),
    Fault("dark", "The picture is too dark to see anything.", lambda m: m.bright, 70, 50),
    Fault("blurred", "The picture is blurred everywhere.", lambda m: m.sharpness, 0.25, 0.17),
    Fault("empty", "Nothing can be made out in the picture.", lambda m: m.contrast, 50, 30),
    Fault("screenshot", "The picture has the frame of a screenshot.", _frame, 0.03, 0.05, may_reject=False),
)


def worst(measures: Measures) -> tuple[Fault, float]:
    """The first fault that is sure (they come in the order of what says most), else the one with the highest score."""
    scores = [(fault, fault.score(measures)) for fault in FAULTS]
    sure = [pair for pair in scores if pair[1] >= SURE]
    return (sure[0][0], max(score for _, score in sure)) if sure else max(scores, key=lambda pair: pair[1])
