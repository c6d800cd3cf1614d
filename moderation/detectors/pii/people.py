"""Names of people and addresses: what the tagger found, and how sure that somebody could be found by it."""

import bisect
import re

from moderation.detectors.pii.gazetteer import folded, kinds_of
from moderation.detectors.pii.invented import is_invented
from moderation.detectors.pii.kinds import Hit, Weight, is_loose
from moderation.detectors.pii.layer import Layer
from moderation.detectors.pii.tagger import Tagged, Tagger
from moderation.detectors.pii.tokens import is_wide, tokens
from moderation.detectors.pii.words import EVERYWHERE, Words, words_of

LEAST = 0.5
SURE_NAME = 0.85
_NEAR = 45
_WIDE_NAME = 2
_FEWEST = 3  # letters of an address in which figures are no telephone number
_TIGHT = ("phone", "email", "url", "number", "ip")


def people(text: str, layer: Layer, mine: tuple[Words, ...], tagger: Tagger, told: list[Hit]) -> list[Hit]:
    """`told`: what the grammars found; an address that runs into a telephone number ends before it."""
    cues = tuple(dict.fromkeys((*mine, words_of(EVERYWHERE))))
    starts = [start for start, _ in layer.where]

    def before(at: int) -> str:
        end = bisect.bisect_left(starts, at)
        return layer.letters[max(0, end - _NEAR) : end]

    hits: list[Hit] = []
    for tagged in tagger.tag(text):
        start, end = _cut(text, tagged, told)
        if tagged.kind == "address":
            end = start + len(_without_tail(text[start:end]))
        if end - start < 2 or tagged.p < LEAST:
            continue
        said = text[start:end]
        if tagged.kind == "name":
            if not is_invented(said):
                hits.append(Hit(start, end, "name", _name(said, tagged.p, before(start), layer.letters, cues)))
        elif tagged.kind == "address" and not (_letters(said) < _FEWEST and _touches(start, end, told)):
            hits.append(Hit(start, end, "address", _address(said, tagged.p, before(start), cues)))
    return hits


def _cut(text: str, tagged: Tagged, told: list[Hit]) -> tuple[int, int]:
    start, end = tagged.start, tagged.end
    for hit in told:
        if hit.kind in _TIGHT and not is_loose(hit) and start < hit.end and hit.start < end:
            if hit.start > start:
                end = min(end, hit.start)
            else:
                start = hit.end
    if start >= end:
        return start, start
    said = text[start:end]
    return start + len(said) - len(said.lstrip(" \n\t,;:>?*#|-")), start + len(said.rstrip(" \n\t,;:>?*#|-("))


def _name(said: str, p: float, before: str, letters: str, cues: tuple[Words, ...]) -> Weight:
    """A first name alone is no reason. A full one is: told as one's own, or in a sentence of people."""
    if not is_full(said):
        return "note"
    if any(found.end() >= len(before.rstrip()) - 1 for words in cues for found in words.me.finditer(before)):
        return "likely"
    if is_wide(said[0]):
        return "note"  # where no space parts words, many a verb looks like a name
    known = _both_known(said)
    told = any(words.i.search(letters) for words in cues)
    return "likely" if known and told and p >= SURE_NAME else "note"


def _without_tail(said: str) -> str:
    """Without what follows after a comma and has neither a figure nor a capital: "Mill Road 4, call me"."""
    if said.islower():
        return said
    kept = said
    while (comma := kept.rfind(",")) > 0:
        tail = kept[comma + 1 :]
        if any(char.isdigit() or char.isupper() for char in tail):
            break
        kept = kept[:comma]
    return kept


def _letters(said: str) -> int:
    return sum(char.isalpha() for char in said)


def _touches(start: int, end: int, told: list[Hit]) -> bool:
    return any(hit.kind == "phone" and hit.start < end and start < hit.end for hit in told)


def is_full(said: str) -> bool:
    """First and last name?"""
    words = [token.text for token in tokens(said) if token.text[0].isalpha()]
    if words and all(is_wide(word) for word in words):
        return len(words) > _WIDE_NAME
    return sum(len(word) > 1 for word in words) >= 2


def _both_known(said: str) -> bool:
    """A first name that is known as one, and a last name that is no everyday word."""
    words = [token.text for token in tokens(said) if token.text[0].isalpha()]
    first, last = kinds_of(words[0]), kinds_of(words[-1])
    return ("first" in first and "last" in last) or ("last" in first and "first" in last)


_DIGIT = re.compile(r"\d")
_NUMBER = re.compile(r"(?<!\w)\d[\d ]*[a-zA-Z]?(?!\w)")
_POSTCODE = re.compile(r"\d{4,6}|\b[a-z]{1,2}\d[a-z\d]?\s?\d[a-z]{2}\b|\b[a-z]\d[a-z]\s?\d[a-z]\d\b", re.IGNORECASE)


def _address(said: str, p: float, before: str, cues: tuple[Words, ...]) -> Weight:
    """With a number and told as one's own: sure. A street alone, or what is only perhaps one, is no reason."""
    if not _DIGIT.search(said) or not any(char.isalpha() for char in said):
        return "note"
    if any(words.live.search(before) for words in cues):
        return "sure"
    told = any(words.meet.search(before) or words.reach.search(before) for words in cues)
    whole = _POSTCODE.search(said) and len(_NUMBER.findall(said)) > 1 and len(folded(said).split()) >= 3
    return "likely" if told or (whole and p >= SURE_NAME) else "note"
