"""A text as it can be read by machine: lower case, compatible characters, every script's digits as 0..9, nothing
invisible; each character with its place in the text as it was written. Pure."""

import unicodedata
from dataclasses import dataclass

from moderation.detectors.profanity.normalise import Plain, plain

_ENCLOSED_ZERO = {"⓪": "0", "⓿": "0", "🄋": "0", "🄌": "0"}
_DASHES = dict.fromkeys("‐‑‒–—―−﹣－", "-")
_SPACES = dict.fromkeys("\u00a0\u2007\u2009\u202f\u3000", " ")


@dataclass(frozen=True)
class Layer:
    """`letters[i]` was made from characters where[i][0]..where[i][1] of the text."""

    letters: str
    where: list[tuple[int, int]]

    def span(self, start: int, end: int) -> tuple[int, int]:
        return self.where[start][0], self.where[end - 1][1]


def layer_of(text: str) -> Layer:
    """Never raises."""
    if text.isascii():
        return Layer(text.lower(), [(at, at + 1) for at in range(len(text))])
    made: Plain = plain(text)
    return Layer("".join(map(_simple, made.letters)), made.where)


def _simple(char: str) -> str:
    if char.isascii():
        return char
    if char in _DASHES or char in _SPACES:
        return _DASHES.get(char, " ")
    digit = unicodedata.digit(char, None)
    return str(digit) if digit is not None else _ENCLOSED_ZERO.get(char, char)
