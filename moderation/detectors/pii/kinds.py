"""The kinds of personal details, and what follows from each."""

from dataclasses import dataclass
from typing import Literal

Weight = Literal["sure", "likely", "note"]
# At which score a text is seen by a person first; what only notes are found in is below it.
THRESHOLD = 0.5
SCORES: dict[Weight, float] = {"sure": 0.97, "likely": 0.75, "note": 0.2}

PERSONAL, ADVERT = "personal_data", "advert"
REASONS = {"url": ADVERT}  # all others are personal data
NAMES = {
    "name": "name",
    "phone": "phone number",
    "email": "e-mail address",
    "handle": "account elsewhere",
    "url": "web address",
    "address": "address",
    "school": "school",
    "age": "age",
    "birthday": "birthday",
    "meet": "asks to meet",
    "ip": "IP address",
    "number": "number of a card, an account or a person",
}
# Where two things are found at the same place, the one that comes first here stays.
ORDER = ("email", "url", "ip", "number", "birthday", "phone", "handle", "school", "address", "meet", "age", "name")


@dataclass(frozen=True)
class Hit:
    """`kind` at start..end of the text as it was written. `weight`: "sure" may reject, "likely" a person sees first,
    "note" is no reason alone. `how`: "" or how it was disguised."""

    start: int
    end: int
    kind: str
    weight: Weight
    how: str = ""


def apart(hits: list[Hit]) -> list[Hit]:
    """Without overlaps, in the order of the text."""
    kept: list[Hit] = []
    for hit in sorted(hits, key=lambda hit: (_rank(hit), -SCORES[hit.weight], hit.start - hit.end, hit.start)):
        if all(hit.end <= other.start or other.end <= hit.start for other in kept):
            kept.append(hit)
    return sorted(kept, key=lambda hit: hit.start)


def is_loose(hit: Hit) -> bool:
    """A row of figures that may be a telephone number, and may be a house's and a postcode."""
    return hit.kind == "phone" and hit.weight != "sure" and not hit.how


def _rank(hit: Hit) -> float:
    return ORDER.index("address") + 0.5 if is_loose(hit) else ORDER.index(hit.kind)
