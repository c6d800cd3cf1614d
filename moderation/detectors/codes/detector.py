"""Is there a QR code that leads somewhere, or that says who somebody is?"""

from collections.abc import Sequence

from moderation.detectors.base import Box, Card, Finding, Picture, Text
from moderation.detectors.codes.meaning import act
from moderation.detectors.codes.reading import Code, read
from moderation.detectors.registry import get_detector, register

SCORE, THRESHOLD = 0.75, 0.5  # a scale as that of pii: a person looks first
PERSONAL = "personal_data"


@register
class Codes:
    """A code that does something when it is scanned, or whose text pii would not let pass, is shown to a person. It is
    never refused: on boxes and in instructions of toys there are codes too."""

    card = Card(
        name="codes",
        version="1",
        kind="image",
        task="codes",
        does="Reads QR codes and data matrices, and shows a person those that open a page, reach somebody or say who "
        "somebody is.",
        data="No model of ours. The reader is zxing-cpp.",
        licence="Apache-2.0",
        measured={
            "pictures of builds, figures, people and things flagged": "0 of 744 (manage.py evaluate codes)",
        },
    )

    def load(self) -> None:
        self._texts = get_detector("pii")
        self._texts.load()

    def look_many(self, parts: Sequence[Picture]) -> list[Finding]:
        return [self._look(part) for part in parts]

    def _look(self, part: Picture) -> Finding:
        told = [(code, says) for code in read(part.image) if (says := act(code.text) or self._says(code.text))]
        if not told:
            return Finding(self.card.name, "pass", 0.0, THRESHOLD)
        return Finding(
            detector=self.card.name,
            verdict="flag",
            score=SCORE,
            threshold=THRESHOLD,
            reason=PERSONAL,
            evidence=tuple(_box(part, code) for code, _ in told),
            note="A code in the picture " + ", another ".join(dict.fromkeys(says for _, says in told)) + ".",
        )

    def _says(self, text: str) -> str:
        return "holds personal details" if self._texts.look_many([Text(text)])[0].verdict != "pass" else ""


def _box(part: Picture, code: Code) -> Box:
    width, height = part.image.size
    x, y = max(0.0, code.left / width), max(0.0, code.top / height)
    right, bottom = min(1.0, code.right / width), min(1.0, code.bottom / height)
    return Box(x, y, right - x, bottom - y, "code", SCORE)
