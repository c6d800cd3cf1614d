"""harm: does somebody threaten here, is somebody in need, does somebody try to draw a child away?"""

from collections.abc import Sequence

from moderation.detectors.base import Card, Finding, Span, Text
from moderation.detectors.harm.find import Hit, find
from moderation.detectors.harm.phrases import Kind, languages, phrases_of
from moderation.detectors.language import languages_in
from moderation.detectors.profanity.find import languages_of
from moderation.detectors.registry import register

LONGEST = 20_000  # characters that are looked at; a longer text goes to a person, whatever was found
THRESHOLD = 0.5
REASONS: dict[Kind, str] = {
    "threat": "threat", "self_harm": "self_harm",
    "age": "grooming", "where": "grooming", "apps": "grooming", "photo": "grooming", "secret": "grooming",
}  # fmt: skip
# What goes first when several are found: who may be in need, before who may be drawn away, before who is threatened.
ORDER = ("self_harm", "grooming", "threat")
SCORES = {"self_harm": 0.95, "grooming": 0.9, "threat": 0.8}
# Children ask each other's age and for each other's accounts. One such question is noted; two kinds of them, or one
# beside anything else of the list, are what somebody asks who wants to be alone with a child.
_HARMLESS_ALONE = frozenset({"age", "apps"})
_NOTED = 0.3
NAMES: dict[Kind, str] = {
    "threat": "a threat", "self_harm": "somebody may be in need", "age": "asks for the age", "where": "asks where",
    "apps": "leads to another app", "photo": "asks for pictures", "secret": "asks to keep a secret",
}  # fmt: skip


@register
class Harm:
    """See moderation.detectors.base.Detector. It has no head: phrases answer. It never rejects: a person decides."""

    card = Card(
        name="harm",
        version="1",
        kind="text",
        task="harm",
        does="Finds threats, signs that a child may be in need, and attempts to draw a child away, in 26 languages.",
        data="our own phrases in 26 languages",
        licence="Apache-2.0",
        measured={"names of sets and figures: found": "0 of 10,784 (evaluate harm)"},
        view="",
    )

    def load(self) -> None:
        for language in languages():  # compiles patterns once
            phrases_of(language)
        languages_in("Something that is long enough to be sure of it.", ("en",))

    def look_many(self, parts: Sequence[Text]) -> list[Finding]:
        return [self._look(part) for part in parts]

    def _look(self, part: Text) -> Finding:
        text = part.text[:LONGEST]
        hits = find(text, languages_in(text, languages_of(text, part.language)))
        kinds = {hit.kind for hit in hits}
        spans = tuple(Span(hit.start, hit.end, hit.kind) for hit in hits)
        if kinds and not (kinds <= _HARMLESS_ALONE and len(kinds) == 1):
            found = {REASONS[kind] for kind in kinds}
            reason = next(code for code in ORDER if code in found)
            return Finding("harm", "flag", SCORES[reason], THRESHOLD, reason, spans, _note(hits))
        if len(part.text) > LONGEST:
            return Finding("harm", "flag", THRESHOLD, THRESHOLD, "threat", spans, "too long to be read whole")
        return Finding("harm", "pass", _NOTED if hits else 0.0, THRESHOLD, evidence=spans)


def _note(hits: Sequence[Hit]) -> str:
    return ", ".join(dict.fromkeys(NAMES[hit.kind] for hit in hits))
