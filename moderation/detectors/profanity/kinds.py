"""What a listed word is beyond rude: a slur, sexual, an insult. Each has a reason of its own: what follows differs."""

import tomllib
from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from typing import Literal

from moderation.detectors.profanity.find import Hit
from moderation.detectors.profanity.normalise import plain
from moderation.detectors.profanity.words import Entry

Kind = Literal["slur", "sexual", "insult", "rude"]
# Which is told when several are found: what hurts most people most, first.
KINDS: tuple[Kind, ...] = ("slur", "sexual", "insult", "rude")


@cache
def beginnings() -> dict[tuple[str, str], tuple[str, ...]]:
    """(kind, language) -> beginnings of words, as a Plain writes them."""
    raw = tomllib.loads(files(__package__).joinpath("words", "kinds.toml").read_text("utf-8"))
    return {
        (kind, language): tuple(plain(word.replace("_", " ")).letters for word in words.split())
        for kind, languages in raw.items()
        for language, words in languages.items()
    }


@cache
def kind_of(entry: Entry) -> Kind:
    for kind in KINDS[:-1]:
        if entry.letters.startswith(beginnings().get((kind, entry.language), ())):
            return kind
    return "rude"


def worst(hits: Iterable[Hit]) -> Kind:
    """The kind to tell of these hits; "rude" for none."""
    kinds = {kind_of(hit.entry) for hit in hits}
    return next((kind for kind in KINDS if kind in kinds), "rude")
