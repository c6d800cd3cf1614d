"""Cuts a text into tokens that keep their place: words, signs, single characters of scripts without spaces."""

import re
from dataclasses import dataclass

# Han, kana and Hangul one by one: where a name ends in them no space tells.
_TOKEN = re.compile(
    r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]|(?:(?![\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af])[^\W_])+|\n|[^\w\s]|_"
)
_WIDE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")


@dataclass(frozen=True, slots=True)
class Token:
    """`text` at start..end of the text."""

    start: int
    end: int
    text: str


def tokens(text: str) -> list[Token]:
    """All tokens in order; white space is none, but a line's end is."""
    return [Token(*found.span(), found.group()) for found in _TOKEN.finditer(text)]


def is_wide(char: str) -> bool:
    """Of a script in which each character is a token?"""
    return _WIDE.match(char) is not None
