"""nudity: does the picture show a naked or half-naked real body? Two networks and a head, asked only where skin may be.

None of them is believed alone. A head that sees both votes and the picture's vector says how likely it is; refused is
only what both networks are sure of at the same place, and the head too. Everything doubtful a person sees.
"""

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path

import numpy as np
from django.conf import settings
from numpy.typing import NDArray

from featurestore.encoders import image_encoder
from featurestore.encoders.base import ImageEncoder
from featurestore.heads.head import Head, Scorer
from moderation.detectors.base import Box, Card, Finding, Picture, Verdict, look_with
from moderation.detectors.nudity.votes import Networks, Votes, inputs_of
from moderation.detectors.registry import register

HERE = Path(__file__).resolve().parent
REASON = "nudity"
SURE = 0.9  # of each network, at one place
HEAD_SURE = 0.95


class Seen:
    """What the networks said of one picture (None: nothing in it could be skin), and the row that a head reads of it,
    made when the first head asks."""

    def __init__(self, part: Picture, votes: Votes | None, encoder: ImageEncoder) -> None:
        self.votes = votes
        self._part, self._encoder = part, encoder

    @cached_property
    def row(self) -> NDArray[np.float32]:
        """(dim + votes,)"""
        assert self.votes is not None
        vector = self._part.features.get(self._encoder.version)
        if vector is None:
            vector = self._encoder.encode([self._part.image])[0]
        return np.concatenate([np.asarray(vector, np.float32).reshape(-1), self.votes.row()])


@register
class NudityDetector:
    """See moderation.detectors.base.HeadDetector."""

    card = Card(
        name="nudity",
        version="1",
        kind="image",
        task="nudity",
        does="Finds naked and half-naked real bodies in pictures and in places of them; leaves skin-coloured bricks "
        "alone. Refuses only what two networks and the head are sure of.",
        data="open_nsfw and a MobileNet retrained on nudity, as their packages carry them; no picture of our own.",
        licence="Apache-2.0; open_nsfw BSD-2-Clause; the package nudity MIT",
        measured={
            "recall": "not measured here: there are no such pictures here, and none are collected (card.md)",
            "builds, phone photos and catalogue pictures of figures flagged": "0 of 595 (manage.py evaluate nudity)",
        },
        view="picture",
    )

    def load(self) -> None:
        self._networks = Networks(settings.MODELS_DIR)
        self._encoder = image_encoder()
        self._head = Head.read(HERE, self.reads())

    def head(self) -> Head:
        return self._head

    def reads(self) -> str:
        return inputs_of(self._encoder.version)

    def look_many(self, parts: Sequence[Picture]) -> list[Finding]:
        return look_with(self, parts, self._head, self._head.sheet.threshold)

    def see_many(self, parts: Sequence[Picture]) -> list[Seen]:
        return [Seen(part, self._networks.votes(part.image), self._encoder) for part in parts]

    def judge(self, part: Picture, seen: Seen, head: Scorer, threshold: float) -> Finding:
        votes = seen.votes
        if votes is None:
            return Finding(self.card.name, "pass", 0.0, threshold)
        score = float(head.score(seen.row[None])[0])
        # Kept although nothing was found: what a person says of it teaches the next head where the doubts are.
        inputs = {self.reads(): seen.row[None]}
        both = (votes.first >= SURE) & (votes.second >= SURE)
        sure = bool(both.any()) and score >= max(HEAD_SURE, threshold)
        verdict: Verdict = "reject" if sure else "flag" if score >= threshold else "pass"
        if verdict == "pass":
            return Finding(self.card.name, "pass", score, threshold, inputs=inputs)
        at = int(np.where(both, votes.first, -1).argmax()) if sure else votes.worst()
        place = votes.places[at]
        box = (Box(place.x, place.y, place.w, place.h, "bare skin", score),) if at else ()
        note = "Two models and the head are sure." if sure else _note(float(votes.second[at]))
        return Finding(self.card.name, verdict, score, threshold, REASON, box, note, inputs)


def _note(second: float) -> str:
    return f"This may be bare skin. {'A second model thinks so too.' if second >= 0.5 else 'A second model does not.'}"
