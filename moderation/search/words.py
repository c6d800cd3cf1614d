"""What was typed into the field for words, as the two databases ask their index for it. No Django here.

A word is found by how it begins: "cast" finds "castle" and "castles", and not "sandcastle". All words must be there.
"""

import re
import unicodedata

MOST = 8
_WORD = re.compile(r"[^\W_]+")


def terms(text: str) -> list[str]:
    """The words to look for, each once, in small letters. A single Latin letter is none: half of all texts have a word
    that begins with it. Raises ValueError, with a sentence, when nothing is left or it is too much."""
    found = [word.lower() for word in _WORD.findall(unicodedata.normalize("NFC", text))]
    kept = [word for word in dict.fromkeys(found) if len(word) > 1 or not word.isascii()]
    if not kept:
        raise ValueError("Type a word of two letters or more.")
    if len(kept) > MOST:
        raise ValueError(f"At most {MOST} words.")
    return kept


def for_postgres(words: list[str]) -> str:
    """A tsquery. The words hold nothing but letters and digits, so nothing in them can be an operator."""
    return " & ".join(f"'{word}':*" for word in words)


def for_sqlite(words: list[str]) -> str:
    """An FTS5 query."""
    return " AND ".join(f'"{word}"*' for word in words)
