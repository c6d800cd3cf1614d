"""In which languages a text is, sentence by sentence: the declared one, and others that a sentence surely is in.

Children write to each other across languages, and an app declares its own. lingua (Apache-2.0; models in its wheel,
nothing is fetched) compares letter groups with those of the 26 languages that BrickMod has words for. A short sentence
says nothing sure, so there the declared language stands alone. Pure but for the models, which are loaded once.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lingua import LanguageDetector

# lingua's name -> ours
_NAMES = {
    "BULGARIAN": "bg", "CZECH": "cs", "DANISH": "da", "GERMAN": "de", "GREEK": "el", "ENGLISH": "en", "SPANISH": "es",
    "FINNISH": "fi", "FRENCH": "fr", "CROATIAN": "hr", "HUNGARIAN": "hu", "ITALIAN": "it", "JAPANESE": "ja",
    "KOREAN": "ko", "BOKMAL": "nb", "DUTCH": "nl", "POLISH": "pl", "PORTUGUESE": "pt", "ROMANIAN": "ro",
    "RUSSIAN": "ru", "SLOVAK": "sk", "SLOVENE": "sl", "SWEDISH": "sv", "TURKISH": "tr", "UKRAINIAN": "uk",
    "CHINESE": "zh",
}  # fmt: skip
FEWEST = 24  # letters; a Korean, Japanese or Chinese one is worth three
SURE = 0.9
MOST = 8  # sentences that are looked at
_LONGEST = 200  # characters of a sentence: more say no more
_BREAK = re.compile(r"(?<=[.!?…;。！？；])\s*|[\n\r]+")
# Whoever reads the one reads the other, and so few letters do not tell them apart.
_ALIKE = (frozenset({"da", "nb"}), frozenset({"cs", "sk"}), frozenset({"hr", "sl"}), frozenset({"ru", "uk", "bg"}))


def languages_in(text: str, known: tuple[str, ...]) -> tuple[str, ...]:
    """`known` (the declared language and those of the script), then others that a sentence is surely in."""
    found = list(known)
    for sentence in _long_sentences(text):
        language = language_of(sentence)
        near = {one for some in _ALIKE if language in some for one in some}
        if language and language not in found and not near & set(found):
            found.append(language)
    return tuple(found)


@lru_cache(maxsize=5_000)
def language_of(sentence: str) -> str:
    """The language that the sentence is surely in; "" when none is."""
    first = detector().compute_language_confidence_values(sentence)[0]
    return _NAMES[first.language.name] if first.value >= SURE else ""


@lru_cache(maxsize=1)
def detector() -> "LanguageDetector":
    """lingua with letter groups of up to three, which are enough for a sentence: 40 MB, where all would be 600."""
    from lingua import Language, LanguageDetectorBuilder

    languages = [getattr(Language, name) for name in _NAMES]
    return LanguageDetectorBuilder.from_languages(*languages).with_low_accuracy_mode().build()


def _long_sentences(text: str) -> Iterator[str]:
    looked = 0
    for sentence in _BREAK.split(text[: 40 * _LONGEST]):
        letters = sum((3 if char > "\u2fff" else 1) for char in sentence if char.isalpha())
        if letters >= FEWEST:
            yield sentence[:_LONGEST]
            looked += 1
            if looked == MOST:
                return
