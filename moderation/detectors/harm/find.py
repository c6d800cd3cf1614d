"""All phrases of need, threat and lure in a text, each with its place and its kind. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from moderation.detectors.harm.phrases import KINDS, Kind, phrases_of
from moderation.detectors.harm.spelled import spellings

EVERYWHERE = "en"  # read beside every language: it is understood and written everywhere


@dataclass(frozen=True)
class Hit:
    """A phrase at start..end of the text as it was written."""

    start: int
    end: int
    kind: Kind
    language: str


def find(text: str, languages: Sequence[str]) -> list[Hit]:
    """In the order of the text; of two of one kind that overlap the longer. `languages`: whose phrases count."""
    if not text.strip():
        return []
    hits: list[Hit] = []
    for layer in spellings(text):
        for language in dict.fromkeys((*languages, EVERYWHERE)):
            phrases = phrases_of(language)
            fine = [found.span() for found in phrases.innocent.finditer(layer.letters)] if phrases.innocent else []
            for kind in KINDS:
                for found in phrases.of[kind].finditer(layer.letters):
                    start, end = found.span()
                    if not any(a <= start and end <= b for a, b in fine):
                        hits.append(Hit(layer.where[start][0], layer.where[end - 1][1], kind, language))
    kept: list[Hit] = []
    for hit in sorted(hits, key=lambda hit: (hit.start - hit.end, hit.start)):
        if not any(hit.kind == one.kind and hit.start < one.end and one.start < hit.end for one in kept):
            kept.append(hit)
    return sorted(kept, key=lambda hit: (hit.start, hit.end))
