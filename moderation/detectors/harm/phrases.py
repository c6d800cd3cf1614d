"""The phrases of each language by which somebody threatens, is in need, or draws a child away: words/LANGUAGE.toml.

A phrase is words between spaces. "kill*" is a word that begins so, "(mum|dad)" one of several words, "…" up to three
words of any kind. Case, accents and apostrophes do not count. Pure.
"""

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

from moderation.detectors.harm.spelled import fold

HERE = Path(__file__).parent / "words"
UNSPACED = frozenset({"zh", "ja", "ko"})
Kind = Literal["threat", "self_harm", "age", "where", "apps", "photo", "secret"]
KINDS: tuple[Kind, ...] = ("threat", "self_harm", "age", "where", "apps", "photo", "secret")
_WORD = re.compile(r"\(([^)]*)\)(\*?)|(\S+)")
_GAP = r"(?:[^\w.!?\n]+\w+){0,3}?"
_BETWEEN = r"[^\w.!?\n]+"


@dataclass(frozen=True, eq=False)
class Phrases:
    """`of[kind]` finds the phrases of a kind in folded letters; `innocent` what looks like one and is none."""

    language: str
    of: dict[Kind, re.Pattern[str]]
    innocent: re.Pattern[str] | None


@cache
def languages() -> tuple[str, ...]:
    return tuple(sorted(path.stem for path in HERE.glob("*.toml")))


@cache
def phrases_of(language: str) -> Phrases:
    """KeyError: there is no such language."""
    if language not in languages():
        raise KeyError(language)
    raw = tomllib.loads((HERE / f"{language}.toml").read_text("utf-8"))
    if unknown := set(raw) - {*KINDS, "innocent"}:
        raise ValueError(f"words/{language}.toml has {', '.join(sorted(unknown))}, which is no kind")
    return Phrases(
        language,
        {kind: any_of(raw[kind], language) for kind in KINDS},
        any_of(raw["innocent"], language) if raw.get("innocent") else None,
    )


def any_of(phrases: Iterable[str], language: str) -> re.Pattern[str]:
    """Finds any of these; longer ones first, so that the evidence is whole."""
    some = "|".join(_pattern(phrase, language) for phrase in sorted(phrases, key=len, reverse=True))
    return re.compile(some if language in UNSPACED else rf"(?<!\w)(?:{some})(?!\w)")


def _pattern(phrase: str, language: str) -> str:
    if language in UNSPACED:
        gap = r"[^。！？.!?\n]{0,8}?"
        parts = [re.escape(fold(part)).replace(r"\ ", r"\s*") for part in phrase.split("…")]
        made = gap.join(parts)
        return re.sub(r"\\\(([^()]*)\\\)", lambda found: "(?:" + found[1].replace(r"\|", "|") + ")", made)
    made = ""
    wide = False
    for words, star, word in _WORD.findall(phrase):
        if word == "…":
            wide = True
            continue
        choice = "|".join(re.escape(fold(one)).replace(r"\*", r"\w*") for one in (words or word).split("|"))
        made += (
            (_GAP if wide and made else "") + (_BETWEEN if made else "") + f"(?:{choice})" + (r"\w*" if star else "")
        )
        wide = False
    return made
