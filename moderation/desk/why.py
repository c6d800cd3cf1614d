"""Why something waits, in plain words. Scores are for who asks for them; a doubt is said in words."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from moderation.intake.models import Part, PartKind

# reason code -> what it looks like, as the beginning of a sentence
THINGS: dict[str, str] = {
    "face": "A real person's face",
    "personal_data": "Personal data",
    "rude": "Rude words",
    "nudity": "Bare skin",
    "bad_picture": "A picture that shows nothing",
    "not_a_build": "Something that is no build",
    "violence": "Violence",
    "advert": "An advertisement",
    "self_harm": "Self-harm",
}
# detector -> what its pass means, as a piece of a list
CLEAR: dict[str, str] = {
    "face": "no real face",
    "profanity": "no rude word",
    "quality": "every picture shows something",
    "nudity": "no bare skin",
    "pii": "no personal data",
}
ORDER = {"reject": 0, "error": 1, "flag": 2, "pass": 3}
SHAPES = {"reject": "●", "error": "▲", "flag": "◐", "pass": "○"}
NAMES = {"title": "the title", "text": "the text", "hashtags": "the hashtags"}


@dataclass(frozen=True)
class Line:
    """One reason to look: a shape, what it is, and the rest of the sentence."""

    verdict: str
    title: str
    says: str = ""

    @property
    def shape(self) -> str:
        return SHAPES[self.verdict]


def part_name(part: Part, alone: bool = False) -> str:
    """How a person calls it: "picture 2", "the title"; "the picture" when there is one alone."""
    if part.kind == PartKind.TEXT:
        return NAMES.get(part.role, "the text")
    word = "video" if part.kind == PartKind.VIDEO else "picture"
    return f"the {word}" if alone else f"{word} {part.position + 1}"


def lines(parts: Sequence[Part], priority: int = 0) -> list[Line]:
    """What the detectors said of these parts (findings prefetched), worst first; one line for each thing, not for
    each part. Never empty."""
    alone = {kind: sum(part.kind == kind for part in parts) == 1 for kind in PartKind.values}
    groups: dict[tuple[str, str, str], list[tuple[Part, Any]]] = {}
    passed: dict[str, None] = {}
    for part in parts:
        for found in part.findings.all():
            if found.verdict == "pass":
                passed[found.detector] = None
            else:
                groups.setdefault((found.verdict, found.reason, found.detector), []).append((part, found))
    doubted = {detector for _, _, detector in groups}
    if not passed and not groups:
        return [Line("error", "No detector has looked at this.", "Nothing was checked before you: look closely.")]
    found_lines = [
        _line(verdict, reason, detector, [part_name(part, alone[part.kind]) for part, _ in told], told[0][1].note)
        for (verdict, reason, detector), told in sorted(groups.items(), key=lambda item: ORDER[item[0][0]])
    ]
    clear = [CLEAR.get(name, f"nothing for {name}") for name in passed if name not in doubted]
    if clear:
        rest = "Everything else is clear." if found_lines else "Nothing was found."
        found_lines.append(Line("pass", rest, f"{_list(clear).capitalize()}."))
    if not doubted:
        found_lines.append(Line("pass", "A person decides every upload.", "That is why it is here."))
    return found_lines


def short(parts: Sequence[Part]) -> str:
    """The same for a table's cell: the worst things in a few words, "" when nothing was found."""
    worst = sorted((found for part in parts for found in part.findings.all()), key=lambda f: ORDER[f.verdict])
    words = [
        f"{f.detector} failed"
        if f.verdict == "error"
        else _thing(f.reason, f.detector) + ("?" if f.verdict == "flag" else "")
        for f in worst
        if f.verdict != "pass"
    ]
    return ", ".join(dict.fromkeys(words))


def suspected(parts: Iterable[Part], offered: Sequence[str]) -> str | None:
    """The reason for which this would most likely be rejected; None when nothing points at one."""
    found = [
        f for part in parts for f in part.findings.all() if f.verdict in {"reject", "flag"} and f.reason in offered
    ]
    return min(found, key=lambda f: (ORDER[f.verdict], -f.score)).reason if found else None


def _line(verdict: str, reason: str, detector: str, places: list[str], note: str) -> Line:
    where = _list(list(dict.fromkeys(places)))
    if verdict == "error":
        what = "This part" if detector == "open" else f"The {detector} detector"
        said = "could not be opened" if detector == "open" else "failed"
        return Line(
            verdict, f"{what} {said} on {where}.", f"Nobody has checked that: look closely. ({note or 'no word why'})"
        )
    sure = "" if verdict == "reject" else ", unsure"
    return Line(verdict, f"{_thing(reason, detector)}{sure}.", f"In {where}. {_sentence(note)}".strip())


def _thing(reason: str, detector: str) -> str:
    return THINGS.get(reason) or f"Something for {detector}"


def _sentence(note: str) -> str:
    note = note.strip().removeprefix("(").removesuffix(")")
    return f"{note[0].upper()}{note[1:]}{'' if note[-1] in '.!?' else '.'}" if note else ""


def _list(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
