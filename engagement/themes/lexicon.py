"""Words that speak for a theme: names that belong to it, and words that are often said in it. Pure: no Django.

A term is a row of tokens; it is found only as whole tokens, so "solo" is not in "resolute". Scripts without spaces
between words are searched for as they stand. A plural "s" and the genitive "'s" make no difference.
"""

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

FOLDER = Path(__file__).parent / "words"
LONGEST = 5  # tokens of a term
_TOKEN = re.compile(r"\w+")
_NO_SPACES = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")


@dataclass(frozen=True)
class ThemeWords:
    """What is known of one theme. `known`: names of people, places and things of it; `keywords`: language -> words."""

    slug: str
    name: str
    parents: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    hashtags: tuple[str, ...] = ()
    seasons: tuple[str, ...] = ()
    known: tuple[str, ...] = ()
    keywords: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@cache
def shipped() -> tuple[ThemeWords, ...]:
    """The themes that BrickMod comes with, by slug, from words/*.toml."""
    found = []
    for path in sorted(FOLDER.glob("*.toml")):
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
        known = tuple(dict.fromkeys(term.strip() for term in raw["known"].split(";") if term.strip()))
        found.append(
            ThemeWords(
                path.stem,
                raw["name"],
                tuple(raw["parents"]),
                tuple(raw["aliases"]),
                tuple(raw["hashtags"]),
                tuple(raw["seasons"]),
                known,
                {language: tuple(words) for language, words in raw["keywords"].items()},
            )
        )
    return tuple(found)


def folded(text: str) -> str:
    """Compatibility form, lower case, no accents on Latin letters: what is compared."""
    wide = unicodedata.normalize("NFKD", text.replace("’", "'").casefold())
    return unicodedata.normalize("NFC", "".join(c for c in wide if not unicodedata.combining(c)))


def tokens(text: str) -> list[str]:
    """Folded runs of letters and digits; "king's" is one token, and plurals lose their "s"."""
    return [_stem(token) for token in _TOKEN.findall(folded(text).replace("'s ", " ").removesuffix("'s"))]


def _stem(token: str) -> str:
    return token[:-1] if len(token) > 3 and token.endswith("s") and not token.endswith("ss") else token


class Lexicon:
    """Terms of several themes, found in a text in one pass."""

    def __init__(self, terms: Iterable[tuple[int, str]], themes: int) -> None:
        """`terms`: (index of the theme, term). A term of several themes counts for each of them, divided."""
        self.themes = themes
        self._rows: dict[tuple[str, ...], set[int]] = {}
        self._runs: dict[str, set[int]] = {}
        for theme, term in terms:
            if _NO_SPACES.search(term):
                self._runs.setdefault(folded(term), set()).add(theme)
            elif row := tuple(tokens(term)):
                self._rows.setdefault(row[:LONGEST], set()).add(theme)

    def found(self, text: str) -> list[set[int]]:
        """The themes of every term in the text; of terms that begin alike the longest, and its tokens only once."""
        words = tokens(text)
        out, at = [], 0
        while at < len(words):
            for length in range(min(LONGEST, len(words) - at), 0, -1):
                if themes := self._rows.get(tuple(words[at : at + length])):
                    out.append(themes)
                    at += length
                    break
            else:
                at += 1
        if self._runs and _NO_SPACES.search(text):
            whole = folded(text)
            out += [themes for run, themes in self._runs.items() if run in whole]
        return out

    def score(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """(len(texts), themes): how much of each theme was found; a term of k themes counts 1/k; then roots."""
        rows = np.zeros((len(texts), self.themes), np.float32)
        for row, text in zip(rows, texts, strict=True):
            for themes in self.found(text):
                row[list(themes)] += 1 / len(themes)
        return np.sqrt(rows)


def lexica(words: Sequence[ThemeWords]) -> tuple[Lexicon, Lexicon]:
    """(of names, of keywords and hashtags) for themes in the order given."""
    known = Lexicon(((i, term) for i, theme in enumerate(words) for term in theme.known), len(words))
    said = Lexicon(
        (
            (i, term)
            for i, theme in enumerate(words)
            for term in (*theme.hashtags, *(word for some in theme.keywords.values() for word in some))
        ),
        len(words),
    )
    return known, said
