"""What a draft changes in a policy's content, and how that reads. Pure."""

import copy
import difflib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

from moderation.feedback.content import MARKET, REASON, Content

EMPTY: dict[str, Any] = {"explains": "", "severity": None, "offered": True}


class Place(NamedTuple):
    """Where in a content: kind "reason" (in_ ""), "text" (in_ a language) or "market" (in_ a market)."""

    kind: str
    subject: str
    in_: str
    field: str


@dataclass(frozen=True)
class Change:
    place: Place
    old: Any
    new: Any

    def as_json(self) -> dict[str, Any]:
        return {**self.place._asdict(), "old": self.old, "new": self.new}

    @classmethod
    def of(cls, row: dict[str, Any]) -> "Change":
        return cls(Place(row["kind"], row["subject"], row["in_"], row["field"]), row["old"], row["new"])

    @property
    def pieces(self) -> list[tuple[str, str]]:
        return words_changed(_said(self.old), _said(self.new))


def value(content: Content, place: Place) -> Any:
    """What stands there; what is missing is empty. Raises KeyError for a place that there cannot be."""
    if place.kind == "reason" and place.field in REASON:
        return content["reasons"][place.subject][place.field]
    if place.kind == "text" and place.field in ("title", "text"):
        told = content["texts"].get(place.subject, {}).get(place.in_, ["", ""])
        return told[place.field == "text"]
    if place.kind == "market" and place.field in MARKET:
        return content["markets"].get(place.subject, {}).get(place.in_, EMPTY)[place.field]
    raise KeyError(place)


def put(content: Content, place: Place, new: Any) -> None:
    value(content, place)
    if place.kind == "reason":
        content["reasons"][place.subject][place.field] = new
    elif place.kind == "text":
        content["texts"].setdefault(place.subject, {}).setdefault(place.in_, ["", ""])[place.field == "text"] = new
    else:
        content["markets"].setdefault(place.subject, {}).setdefault(place.in_, dict(EMPTY))[place.field] = new


def apply(content: Content, changes: Iterable[Change]) -> Content:
    """A new content; the given one stays as it is."""
    changed = copy.deepcopy(content)
    for change in changes:
        put(changed, change.place, change.new)
    return changed


def merge(changes: Iterable[Change], more: Iterable[Change]) -> list[Change]:
    """One change a place: the later new value over the earlier old one; what is back where it was is none."""
    found: dict[Place, Change] = {}
    for change in (*changes, *more):
        old = found[change.place].old if change.place in found else change.old
        found[change.place] = Change(change.place, old, change.new)
    return [change for change in found.values() if change.old != change.new]


def overtaken(content: Content, changes: Iterable[Change]) -> list[Change]:
    """Those whose place says something else by now than when the draft was written."""
    return [change for change in changes if value(content, change.place) != change.old]


def between(old: Content, new: Content) -> list[Change]:
    """All that differs between two contents (reasons that only one has are left out: they are never deleted)."""
    places = [Place("reason", code, "", name) for code in old["reasons"] if code in new["reasons"] for name in REASON]
    for kind, key, fields in (("text", "texts", ("title", "text")), ("market", "markets", MARKET)):
        pairs = {(s, i) for content in (old, new) for s, within in content[key].items() for i in within}
        places += [Place(kind, s, i, name) for s, i in sorted(pairs) for name in fields]
    return [Change(p, value(old, p), value(new, p)) for p in places if value(old, p) != value(new, p)]


def words_changed(old: str, new: str) -> list[tuple[str, str]]:
    """[("same" | "gone" | "new", words)]: without the new ones it is `old`, without the gone ones `new`."""
    a, b = (re.findall(r"\s+|[^\s]+", text) for text in (old, new))
    pieces: list[tuple[str, str]] = []
    for what, i, j, k, m in difflib.SequenceMatcher(None, a, b, autojunk=False).get_opcodes():
        if what == "equal":
            pieces.append(("same", "".join(a[i:j])))
            continue
        pieces += [(name, "".join(part)) for name, part in (("gone", a[i:j]), ("new", b[k:m])) if part]
    return pieces


def _said(value: Any) -> str:
    return (
        {True: "yes", False: "no", None: "as everywhere"}.get(value, str(value))
        if not isinstance(value, str)
        else value
    )
