"""Why something waits, in plain words. Scores are for who asks for them; a doubt is said in words."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.text import capfirst, get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as N_

from moderation.intake.models import Part, PartKind

# reason code -> what it looks like, as the beginning of a sentence
THINGS: dict[str, str] = {
    "face": N_("A real person's face"),
    "personal_data": N_("Personal data"),
    "rude": N_("Rude words"),
    "nudity": N_("Bare skin"),
    "bad_picture": N_("A picture that shows nothing"),
    "not_a_build": N_("Something that is no build"),
    "violence": N_("Violence"),
    "advert": N_("An advertisement"),
    "self_harm": N_("Self-harm"),
    "threat": N_("A threat"),
    "insult": N_("An insult"),
    "sexual": N_("Sexual words"),
    "slur": N_("A slur"),
    "grooming": N_("Drawing a child away"),
}
# detector -> what its pass means, as a piece of a list
CLEAR: dict[str, str] = {
    "face": N_("no real face"),
    "profanity": N_("no rude word"),
    "quality": N_("every picture shows something"),
    "nudity": N_("no bare skin"),
    "pii": N_("no personal data"),
    "harm": N_("nothing that hurts or lures"),
}
ORDER = {"reject": 0, "error": 1, "flag": 2, "pass": 3}
SHAPES = {"reject": "●", "error": "▲", "flag": "◐", "pass": "○"}
NAMES = {"title": N_("the title"), "text": N_("the text"), "hashtags": N_("the hashtags")}


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
        return _(NAMES.get(part.role, NAMES["text"]))
    if part.kind == PartKind.VIDEO:
        return _("the video") if alone else _("video %(n)d") % {"n": part.position + 1}
    return _("the picture") if alone else _("picture %(n)d") % {"n": part.position + 1}


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
        return [Line("error", _("No detector has looked at this."), _("Nothing was checked before you: look closely."))]
    found_lines = [
        _line(verdict, reason, detector, [part_name(part, alone[part.kind]) for part, _ in told], told[0][1].note)
        for (verdict, reason, detector), told in sorted(groups.items(), key=lambda item: ORDER[item[0][0]])
    ]
    clear = [_clear(name) for name in passed if name not in doubted]
    if clear:
        rest = _("Everything else is clear.") if found_lines else _("Nothing was found.")
        found_lines.append(Line("pass", rest, f"{capfirst(get_text_list(clear, _('and')))}."))
    if not doubted:
        found_lines.append(Line("pass", _("A person decides every upload."), _("That is why it is here.")))
    return found_lines


def short(parts: Sequence[Part]) -> str:
    """The same for a table's cell: the worst things in a few words, "" when nothing was found."""
    worst = sorted((found for part in parts for found in part.findings.all()), key=lambda f: ORDER[f.verdict])
    words = [
        _("%(detector)s failed") % {"detector": f.detector}
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
    where = get_text_list(list(dict.fromkeys(places)), _("and"))
    if verdict == "error":
        said = (
            _("This part could not be opened: %(where)s.")
            if detector == "open"
            else _("The %(detector)s detector failed on %(where)s.")
        )
        closely = _("Nobody has checked that: look closely. (%(note)s)") % {"note": note or _("no word why")}
        return Line(verdict, said % {"detector": detector, "where": where}, closely)
    thing = _thing(reason, detector)
    title = f"{thing}." if verdict == "reject" else _("%(thing)s, unsure.") % {"thing": thing}
    return Line(verdict, title, f"{_('In %(where)s.') % {'where': where}} {_sentence(note)}".strip())


def _thing(reason: str, detector: str) -> str:
    return _(THINGS[reason]) if reason in THINGS else _("Something for %(detector)s") % {"detector": detector}


def _clear(detector: str) -> str:
    return _(CLEAR[detector]) if detector in CLEAR else _("nothing for %(detector)s") % {"detector": detector}


def _sentence(note: str) -> str:
    note = note.strip().removeprefix("(").removesuffix(")")
    return f"{note[0].upper()}{note[1:]}{'' if note[-1] in '.!?' else '.'}" if note else ""
