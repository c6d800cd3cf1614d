"""Texts of our own to train on: what children say kindly of their builds, and what is rude without a rude word.

One file a language, written for this detector; `names` adds made-up names as catalogues of sets and figures have them.
"""

import random
from collections.abc import Iterator
from importlib.resources import files

from moderation.detectors.profanity.words import LANGUAGES

_PATTERNS = (
    "{who}, {colours} {worn}, {colours} {worn}",
    "{who} - {colours} {worn}",
    "{who} ({how} {things})",
    "{how} {who}",
    "{who} {things}",
    "{things} {deeds}",
    "{who} vs. {who}: {deeds}",
    "{how} {things} {deeds}",
    "{who}",
    "The {how} {who}'s {things}",
)


def read(language: str) -> Iterator[tuple[str, bool]]:
    """(text, whether it is rude) of one language."""
    rude = False
    for line in files(__package__).joinpath(f"{language}.txt").read_text("utf-8").splitlines():
        if line in ("[kind]", "[rude]"):
            rude = line == "[rude]"
        elif line:
            yield line, rude


def read_all() -> Iterator[tuple[str, str, bool]]:
    """(language, text, whether it is rude) of all languages."""
    for language in LANGUAGES:
        for text, rude in read(language):
            yield language, text, rude


class _Picker(dict[str, list[str]]):
    """Words by kind; format_map takes another one each time."""

    def __init__(self, words: dict[str, list[str]], seed: int) -> None:
        super().__init__(words)
        self._pick = random.Random(seed).choice  # noqa: S311 (no secret)

    def __getitem__(self, kind: str) -> str:  # type: ignore[override]
        return self._pick(super().__getitem__(kind)).replace("_", " ")


def names(count: int, seed: int = 7) -> list[str]:
    """Made-up names; the same ones each time."""
    words: dict[str, list[str]] = {}
    kind = ""
    for word in files(__package__).joinpath("names.txt").read_text("utf-8").split():
        if word.startswith("["):
            kind = word.strip("[]")
        else:
            words.setdefault(kind, []).append(word)
    picker = _Picker(words, seed)
    pattern = random.Random(seed)  # noqa: S311 (no secret)
    made: dict[str, None] = {}
    while len(made) < count:
        made[pattern.choice(_PATTERNS).format_map(picker)] = None
    return list(made)
