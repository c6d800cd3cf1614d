"""Is there a real person's face in the picture? A minifigure's face is none.

CenterFace names places; most of what it names in this app are minifigures. So each place is looked at a second time:
the image encoder's vector of it, with some surroundings, and a logistic head that knows faces from figures.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from django.conf import settings

from featurestore.encoders import image_encoder
from featurestore.heads.head import Head
from moderation.detectors.base import Box, Card, Finding, Picture
from moderation.detectors.face.centerface import Candidate, CenterFace
from moderation.detectors.face.crops import crop
from moderation.detectors.registry import register

HERE = Path(__file__).resolve().parent
CANDIDATE = 0.3
UNSURE = 0.2  # from here up to the threshold a person should look first
MOST_PLACES = 6  # looked at twice, likeliest first: each costs an encoding, and one face is enough
KEPT_CROPS = 2


@register
class FaceDetector:
    """CenterFace, then the second look. Score = the likeliest place's probability; 0 when there is no place."""

    card = Card(
        name="face",
        version="1",
        kind="image",
        task="face",
        does="Finds real people's faces, also printed or on a screen, and leaves minifigures alone.",
        data="CenterFace as trained on WIDER FACE; second look: photos of people (MIT) and of minifigures (CC BY 4.0).",
        licence="Apache-2.0; CenterFace MIT",
    )

    def load(self) -> None:
        self._finder = CenterFace(settings.MODELS_DIR)
        self._encoder = image_encoder()
        self._head = Head(HERE, self._encoder.version)

    def look_many(self, parts: Sequence[Picture]) -> list[Finding]:
        """The crops of all pictures are encoded together."""
        places = [self._finder.find(part.image, CANDIDATE)[:MOST_PLACES] for part in parts]
        crops = [crop(part.image, place) for part, found in zip(parts, places, strict=True) for place in found]
        vectors = self._encoder.encode(crops)
        scores = self._head.score(vectors)
        findings, at = [], 0
        for part, found in zip(parts, places, strict=True):
            here = slice(at, at + len(found))
            findings.append(self._finding(part, found, scores[here], vectors[here]))
            at += len(found)
        return findings

    def _finding(self, part: Picture, places: list[Candidate], scores: np.ndarray, vectors: np.ndarray) -> Finding:
        threshold = self._head.sheet.threshold
        order = np.argsort(-scores, kind="stable")
        score = float(scores[order[0]]) if len(order) else 0.0
        verdict = "reject" if score >= threshold else "flag" if score >= UNSURE else "pass"
        least = threshold if verdict == "reject" else UNSURE
        shown = [int(i) for i in order if scores[i] >= least]
        return Finding(
            detector=self.card.name,
            verdict=verdict,
            score=score,
            threshold=threshold,
            reason="" if verdict == "pass" else "face",
            evidence=tuple(_box(part, places[i], float(scores[i])) for i in shown),
            note={"pass": "", "flag": "This may be a person's face."}.get(verdict, "A person's face can be seen."),
            crops={self._encoder.version: vectors[order[:KEPT_CROPS]]} if len(order) else {},
        )


def _box(part: Picture, place: Candidate, score: float) -> Box:
    width, height = part.image.size
    x, y = place.left / width, place.top / height
    return Box(x, y, place.right / width - x, place.bottom / height - y, "face", score)
