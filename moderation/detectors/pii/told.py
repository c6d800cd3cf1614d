"""Names and addresses that are told as one's own in so many words: "my name is Ann Miller", "I live in Mill Road 5".

The tagger finds most of them; this finds those of languages and names that it has seen little of. Pure.
"""

import re
from collections.abc import Sequence

from moderation.detectors.pii.kinds import Hit
from moderation.detectors.pii.words import UNSPACED, Words

# In the text as it was written, where a capital tells a name from a word.
_CAPITAL = r"(?:[^\W\d_a-zà-öø-ÿα-ωа-яёєіїґ][\w'’-]*)"
_FULL_NAME = re.compile(
    rf"\s*:?\s*(?P<name>{_CAPITAL}(?:\s+(?:de|da|van|von|der|den|di|del|la|le|O')){{0,2}}(?:\s+{_CAPITAL}){{1,2}})"
)
_WIDE_NAME = re.compile(
    r"[\s:：是はは]{0,2}(?P<name>[\u4e00-\u9fff]{2,4}|[\uac00-\ud7af]{2,4}?)(?=[，。,.!！\s、]|です|といいます|と申します|이에요|예요|입니다|이야|야|$)"
)
_ARTICLE = "la|el|le|les|il|lo|the|der|die|das|dem|den|de|het|o|a|os|as|η|ο|το|στην|στο|την|in|en|na|i|på|at|im|am|au|à"
_ADDRESS = re.compile(
    rf"(?P<before>(?:\s+[^\W\d_]{{1,6}}){{0,3}}?)\s*:?\s+(?P<address>(?!(?:{_ARTICLE})\s)(?:[^\W\d_][\w'’.-]*\s+){{0,3}}{_CAPITAL}\.?,?\s+"
    r"(?:no\.?|nr\.?|č\.|br\.|n°|№|д\.?|бл\.?)?\s?(?!(?:19|20)\d\d(?!\d))\d{1,4}(?:[a-zA-Zа-яА-Я](?!\w))?)(?![\w%])(?P<more>\s*\w)?",
)
# After a number that a word follows, something is counted, unless this is the name of a street.
_STREET = re.compile(
    r"\b(?:street|road|lane|drive|avenue|calle|avenida|plaza|paseo|rue|boulevard|place|via|viale|piazza|corso|rua|travessa|ul|ulica"
    r"|aleja|ulice|strada|bulevardul|utca|út|tér|οδός|cadde\w*|sokak|вулиц\w+|улиц\w+|ул|просп\w*)\b"
    r"|\w(?:stra(?:ß|ss)e|gasse|weg|allee|platz|straat|laan|plein|gade|vej|vei|veien|gata|gatan|vägen|katu|tie)\b",
    re.IGNORECASE,
)
_LONGEST = 80


def told(written: str, letters: str, cues: Sequence[Words]) -> list[Hit]:
    """Places are of the layer's letters; `written` has as many characters, with the capitals."""
    hits = []
    for words in cues:
        wide = words.language in UNSPACED
        for cue in words.me.finditer(letters):
            after = written[cue.end() : cue.end() + _LONGEST]
            name = (_WIDE_NAME if wide else _FULL_NAME).match(after)
            if name and len(name["name"]) > 2:
                hits.append(_hit(cue.end(), name, "name", "likely"))
        if wide:
            continue
        for cue in words.live.finditer(letters):
            address = _ADDRESS.match(written[cue.end() : cue.end() + _LONGEST])
            if address and (not address["more"] or _STREET.search(address["address"])):
                hits.append(_hit(cue.end(), address, "address", "sure"))
    return hits


def _hit(offset: int, found: re.Match[str], kind: str, weight: str) -> Hit:
    return Hit(offset + found.start(kind), offset + found.end(kind), kind, "sure" if weight == "sure" else "likely")
