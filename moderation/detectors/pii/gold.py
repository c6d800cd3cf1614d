"""Texts with marked spans, as `evaluate pii` and the training read them; and which types of others' mean what kind.

A file is a JSON list of {"full_text", "spans": [{"start_position", "end_position", "entity_type"}]}.
"""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

# A type that is not here is none of a child's personal data: a firm, a country, a nationality, a job, a year.
KIND_OF = {
    "PERSON": "name",
    "STREET_ADDRESS": "address",
    "ADDRESS": "address",
    "ZIP_CODE": "address",
    "PHONE_NUMBER": "phone",
    "EMAIL_ADDRESS": "email",
    "DOMAIN_NAME": "url",
    "URL": "url",
    "USERNAME": "handle",
    "IP_ADDRESS": "ip",
    "CREDIT_CARD": "number",
    "IBAN_CODE": "number",
    "US_SSN": "number",
    "US_DRIVER_LICENSE": "number",
    "AGE": "age",
    "SCHOOL": "school",
}
_BESIDE = {"GPE": "place", "ORGANIZATION": "firm"}


class BadFile(Exception):
    """Says what the file should be."""


@dataclass(frozen=True)
class Marked:
    """`kind` at start..end (exclusive)."""

    start: int
    end: int
    kind: str


@dataclass(frozen=True)
class Example:
    """A text and what is marked in it, in order, without overlaps. `beside`: places and firms, which are no finds."""

    text: str
    spans: tuple[Marked, ...]
    beside: tuple[Marked, ...] = ()
    weight: int = 1

    @property
    def pattern(self) -> str:
        """The text without what is marked, folded: examples that are one sentence with other names share it."""
        kept, at = [], 0
        for span in sorted((*self.spans, *self.beside), key=lambda span: span.start):
            kept.append(self.text[at : span.start])
            at = max(at, span.end)
        return "".join(char for char in "".join((*kept, self.text[at:])).casefold() if char.isalpha())

    @property
    def part(self) -> int:
        """0..63 by the pattern."""
        return int(hashlib.sha256(self.pattern.encode()).hexdigest(), 16) % 64


def read(path: Path) -> list[Example]:
    """Raises BadFile."""
    try:
        rows = json.loads(path.read_text("utf-8"))
        return [_example(row) for row in rows]
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise BadFile(
            f"{path} cannot be read as "
            '[{"full_text", "spans": [{"start_position", "end_position", "entity_type"}]}]:'
            f" {type(error).__name__}: {error}"
        ) from error


def _example(row: dict) -> Example:
    text = row["full_text"]
    mine, beside = [], []
    for span in row["spans"]:
        start, end, kind = int(span["start_position"]), int(span["end_position"]), str(span["entity_type"])
        if not 0 <= start < end <= len(text):
            raise ValueError(f"a span {start}..{end} outside of a text of {len(text)}")
        if kind in KIND_OF:
            mine.append(Marked(start, end, KIND_OF[kind]))
        elif kind in _BESIDE:
            beside.append(Marked(start, end, _BESIDE[kind]))
    return Example(text, joined(text, mine, beside), tuple(beside))


def joined(text: str, spans: list[Marked], beside: list[Marked] | tuple[Marked, ...] = ()) -> tuple[Marked, ...]:
    """An address that was marked in pieces (number, street, flat, town, postcode) as the one address that it is."""
    whole: list[Marked] = []
    for span in sorted(spans, key=lambda span: (span.start, -span.end)):
        before = whole[-1] if whole else None
        if before and span.start < before.end:
            continue
        if before and before.kind == span.kind == "address" and _only_town(text, before.end, span.start, beside):
            whole[-1] = Marked(before.start, span.end, "address")
        else:
            whole.append(span)
    return tuple(whole)


def _only_town(text: str, start: int, end: int, beside: list[Marked] | tuple[Marked, ...]) -> bool:
    """Is there nothing between but signs, spaces and names of places?"""
    towns = [(span.start, span.end) for span in beside if span.kind == "place"]
    return not any(text[at].isalnum() and not any(a <= at < b for a, b in towns) for at in range(start, end))


def measured_kinds() -> frozenset[str]:
    """Kinds that a type of the table means. Asking to meet and birthdays no type means: they are not measured."""
    return frozenset(KIND_OF.values())


def not_counted(found: Marked, example: Example) -> bool:
    """A place or a firm may have a school's name; whether it is one, such a file does not say."""
    return found.kind == "school" and any(a.start < found.end and found.start < a.end for a in example.beside)
