"""The words of each language by which personal details are told: words/LANGUAGE.toml, read once."""

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from moderation.detectors.pii.layer import layer_of

HERE = Path(__file__).parent / "words"
UNSPACED = frozenset({"zh", "ja", "ko"})  # a word may stand anywhere within others
EVERYWHERE = "en"  # read beside every language: it is understood and written everywhere


@dataclass(frozen=True, eq=False)
class Words:
    """Of one language. `digits`: word -> digits. `i`: words of who speaks of oneself. The patterns find, in a Layer's
    letters: `at`, `dot` words between parts of an address; `me` what stands before one's own name; `live` before one's
    address; `age` with a group "n"; `birthday`; `meet`; `myschool`; `reach` before a number or an account."""

    language: str
    digits: dict[str, str]
    at: tuple[str, ...]
    dot: tuple[str, ...]
    i: re.Pattern[str]
    me: re.Pattern[str]
    live: re.Pattern[str]
    age: tuple[re.Pattern[str], ...]
    birthday: re.Pattern[str]
    meet: re.Pattern[str]
    school: tuple[str, ...]
    myschool: re.Pattern[str]
    reach: re.Pattern[str]


@cache
def languages() -> tuple[str, ...]:
    return tuple(sorted(path.stem for path in HERE.glob("*.toml")))


@cache
def words_of(language: str) -> Words:
    """KeyError: there is no such language."""
    path = HERE / f"{language}.toml"
    if language not in languages():
        raise KeyError(language)
    raw = tomllib.loads(path.read_text("utf-8"))
    digits = {word: str(digit) for digit, words in enumerate(raw["digits"]) for word in _all(words)}
    digits |= {_same(word): value for word, value in raw["more"].items()}
    number = "|".join(sorted(map(re.escape, digits), key=len, reverse=True))
    found = {name: any_of(raw[name], language) for name in ("i", "me", "live", "birthday", "meet", "myschool", "reach")}
    return Words(
        language,
        digits,
        tuple(map(_same, raw["at"])),
        tuple(map(_same, raw["dot"])),
        age=tuple(_age(pattern, number, language) for pattern in raw["age"]),
        school=tuple(map(_same, raw["school"])),
        **found,
    )


def _all(words: str) -> list[str]:
    return [_same(word) for word in words.split("/")]


def _same(word: str) -> str:
    """As a Layer writes it."""
    return layer_of(word).letters


def any_of(words: Iterable[str], language: str) -> re.Pattern[str]:
    """Finds any of these as whole words; within others where the language writes without spaces."""
    some = "|".join(re.escape(_same(word)).replace(r"\ ", r"\s+") for word in sorted(words, key=len, reverse=True))
    return re.compile(some if language in UNSPACED else rf"(?<!\w)(?:{some})(?!\w)")


def _age(pattern: str, number: str, language: str) -> re.Pattern[str]:
    before, after = (re.escape(_same(part)).replace(r"\ ", r"\s+") for part in pattern.split("N"))
    n = rf"(?P<n>[1-9]?\d|1[01]\d|{number})"
    if language in UNSPACED:
        return re.compile(rf"{before}\s*{n}(?!\d)\s*{after}")
    if after:
        return re.compile(rf"(?<!\w)(?<!\d[.,]){before}{n}{after}(?!\w)")
    # A number at the end may count something else: only before a sign, an "and", or nothing.
    return re.compile(
        rf"(?<!\w){before}{n}(?=\s*(?:$|[^\w\s%€$£.,:/-]|[.,](?!\d)|(?:and|og|und|y|et|e|en|i|och|ja|a|és|și|και|ve|і|и)\b))"
    )
