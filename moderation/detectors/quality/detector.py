"""Is there anything to see? Black, white, one colour, blurred, too dark, a pocket, a screenshot's frame."""

from collections.abc import Sequence

from moderation.detectors.base import Box, Card, Finding, Picture
from moderation.detectors.quality.faults import SURE, THRESHOLD, worst
from moderation.detectors.quality.measures import Measures, measure
from moderation.detectors.registry import register


@register
class QualityDetector:
    """Deterministic and cheap. The score is a scale of certainty, not a probability: 0.5 doubt, 0.75 sure."""

    card = Card(
        name="quality",
        version="1",
        kind="image",
        task="quality",
        does="Notices pictures on which nothing can be seen: black, white, one colour, blurred, too dark, a pocket; "
        "and, for a person to look at, the frame of a screenshot.",
        data="No model. Limits from good pictures and spoiled versions of them (quality/degrade.py).",
        licence="Apache-2.0",
        measured={
            "good pictures flagged or refused": "0 of 744 (manage.py evaluate quality)",
            "spoiled pictures refused": "280 of 280, screenshots pointed out 34 of 40 (quality/degrade.py)",
        },
    )

    def load(self) -> None:
        """There is nothing to load."""

    def look_many(self, parts: Sequence[Picture]) -> list[Finding]:
        return [self._look(part) for part in parts]

    def _look(self, part: Picture) -> Finding:
        measures = measure(part.image)
        fault, score = worst(measures)
        if score < THRESHOLD:
            return Finding(self.card.name, "pass", score, THRESHOLD)
        return Finding(
            detector=self.card.name,
            verdict="reject" if score >= SURE else "flag",
            score=score,
            threshold=THRESHOLD,
            reason="bad_picture",
            evidence=_bands(measures, score) if fault.name == "screenshot" else (),
            note=fault.note,
        )


def _bands(m: Measures, score: float) -> tuple[Box, ...]:
    """The bands of the frame; the other faults are everywhere."""
    places = [(0, 0, 1, m.top), (0, 1 - m.bottom, 1, m.bottom), (0, 0, m.left, 1), (1 - m.right, 0, m.right, 1)]
    return tuple(Box(x, y, w, h, "frame", score) for x, y, w, h in places if w and h)
