"""Names of figures out of stories, and of people whom everybody knows: nobody's personal data.

A name that has one of these words in it is left alone where the whole name fits; known.txt has one a line, folded.
"""

from functools import cache
from pathlib import Path

from moderation.detectors.pii.gazetteer import folded
from moderation.detectors.pii.tokens import tokens


@cache
def _known() -> frozenset[str]:
    lines = (Path(__file__).parent / "names" / "invented.txt").read_text("utf-8").splitlines()
    return frozenset(line for line in lines if line and not line.startswith("#"))


def is_invented(name: str) -> bool:
    """The whole name, or its first and last word, is known; or all of it is."""
    words = [folded(token.text) for token in tokens(name) if token.text[0].isalpha()]
    if not words:
        return False
    return " ".join(words) in _known() or f"{words[0]} {words[-1]}" in _known()
