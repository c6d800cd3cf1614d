"""Is there a real person's face in the picture? A minifigure's face is none.

CenterFace names places; most of what it names in this app are minifigures. So each place is looked at a second time:
the image encoder's vector of it, with some surroundings, and a logistic head that knows faces from figures. Where that
leaves a doubt it is looked at closer and from further away too, and the three agree on a mean.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from django.conf import settings
from numpy.typing import NDArray
from PIL import Image

from featurestore.encoders import image_encoder
from featurestore.encoders.base import ImageEncoder, Vectors
from featurestore.heads.head import Head, Scorer
from moderation.detectors.base import Box, Card, Finding, Picture, Verdict, look_with
from moderation.detectors.face.centerface import Candidate, CenterFace
from moderation.detectors.face.crops import CLOSER, WIDER, crop
from moderation.detectors.registry import register

Scores = NDArray[np.float32]
HERE = Path(__file__).resolve().parent
CANDIDATE = 0.3
UNSURE = 0.15  # from here up to the threshold a person should look first
MOST_PLACES = 6  # looked at twice, likeliest first: each costs an encoding, and one face is enough
KEPT_CROPS = 2
DOUBT = (0.02, 0.98)  # between these a place is looked at three times: most figures and most faces are outside


class Seen:
    """The places of one picture, with their vectors (n, dim). The crops that only a doubt asks for are encoded for the
    first head that doubts, and lie ready for the others."""

    def __init__(self, picture: Image.Image, places: list[Candidate], vectors: Vectors, encoder: ImageEncoder) -> None:
        self.places, self.vectors = places, vectors
        self._picture, self._encoder = picture, encoder
        self._more: dict[int, Vectors] = {}

    def more(self, row: int) -> Vectors:
        """(2, dim): the place from nearer and from further away."""
        if row not in self._more:
            place = self.places[row]
            self._more[row] = self._encoder.encode([crop(self._picture, place, around) for around in (CLOSER, WIDER)])
        return self._more[row]


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
        measured={
            "people found, cross-validated by picture": "30 of 30 pictures (face/train.py)",
            "phone photos of figures refused, cross-validated by picture": "0 of 221 (face/train.py)",
            "catalogue pictures of figures refused, unseen": "0 of 280 (manage.py evaluate face)",
            "builds refused, unseen": "0 of 94 (manage.py evaluate face)",
        },
        view="face",
    )

    def load(self) -> None:
        self._finder = CenterFace(settings.MODELS_DIR)
        self._encoder = image_encoder()
        self._head = Head.read(HERE, self._encoder.version)

    def head(self) -> Head:
        return self._head

    def reads(self) -> str:
        return self._encoder.version

    def look_many(self, parts: Sequence[Picture]) -> list[Finding]:
        return look_with(self, parts, self._head, self._head.sheet.threshold)

    def see_many(self, parts: Sequence[Picture]) -> list[Seen]:
        """Places of all pictures are encoded together."""
        places = [self._finder.find(part.image, CANDIDATE)[:MOST_PLACES] for part in parts]
        crops = [crop(part.image, place) for part, found in zip(parts, places, strict=True) for place in found]
        vectors = self._encoder.encode(crops)
        seen, at = [], 0
        for part, found in zip(parts, places, strict=True):
            seen.append(Seen(part.image, found, vectors[at : at + len(found)], self._encoder))
            at += len(found)
        return seen

    def judge(self, part: Picture, seen: Seen, head: Scorer, threshold: float) -> Finding:
        scores = _settled(seen, head)
        order = np.argsort(-scores, kind="stable")
        score = float(scores[order[0]]) if len(order) else 0.0
        verdict: Verdict = "reject" if score >= threshold else "flag" if score >= UNSURE else "pass"
        least = threshold if verdict == "reject" else UNSURE
        shown = [int(i) for i in order if scores[i] >= least]
        return Finding(
            detector=self.card.name,
            verdict=verdict,
            score=score,
            threshold=threshold,
            reason="" if verdict == "pass" else "face",
            evidence=tuple(_box(part, seen.places[i], float(scores[i])) for i in shown),
            note={"pass": "", "flag": "This may be a person's face."}.get(verdict, "A person's face can be seen."),
            inputs={self._encoder.version: seen.vectors[order[:KEPT_CROPS]]} if len(order) else {},
        )


def _settled(seen: Seen, head: Scorer) -> Scores:
    """The head's scores of the places, with those in DOUBT replaced by the mean, in logits, of three crops."""
    scores = head.score(seen.vectors)
    settled = scores.copy()
    for row in np.nonzero((scores > DOUBT[0]) & (scores < DOUBT[1]))[0]:
        three = np.clip(np.append(head.score(seen.more(int(row))), scores[row]), 1e-6, 1 - 1e-6)
        settled[row] = 1 / (1 + np.exp(-np.log(three / (1 - three)).mean()))
    return settled


def _box(part: Picture, place: Candidate, score: float) -> Box:
    width, height = part.image.size
    x, y = place.left / width, place.top / height
    return Box(x, y, place.right / width - x, place.bottom / height - y, "face", score)
