"""How children (and grown-ups) disguise a word; and how many disguised words are found, how many innocent ones taken.

    python -m moderation.detectors.profanity.disguises [--innocent WORDS.txt --language LANG]

Prints, for each disguise, the share of strong listed words that are found under it, and the share of innocent words
(from the kind lines in `lines/`, or one a line from a file) that are taken for rude under the same disguise.
"""

import argparse
import random
import re
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from moderation.detectors.profanity.find import find, languages_of
from moderation.detectors.profanity.lines import read
from moderation.detectors.profanity.look_alikes import CYRILLIC, TURNED
from moderation.detectors.profanity.normalise import plain
from moderation.detectors.profanity.words import LANGUAGES, WITHOUT_SPACES, read_own

_DIGITS = {"o": "0", "i": "1", "e": "3", "a": "4", "s": "5", "t": "7"}
_SIGNS = {"a": "@", "s": "$", "i": "!", "t": "+", "c": "¢", "e": "€", "l": "1"}
_LOOKING = dict(zip("aceopxiykuf", "асеорхіукυƒ", strict=True))
_BACK = {letter: sign for sign, letter in CYRILLIC.items() if sign.isascii() and sign.isalpha()}
_UPSIDE = {letter: sign for sign, letter in TURNED.items() if not sign.isascii()} | dict(
    zip("bdpqnuosxz", "qpdbunosxz", strict=True)
)


def _each(table: dict[str, str]) -> Callable[[str, random.Random], str]:
    return lambda word, _: "".join(table.get(char, char) for char in word)


def _stretched(word: str, chance: random.Random) -> str:
    at = chance.randrange(len(word))
    return word[:at] + word[at] * chance.randint(3, 6) + word[at + 1 :]


def _masked(word: str, chance: random.Random) -> str:
    at = chance.randrange(1, len(word)) if len(word) > 3 else len(word)
    return word[:at] + "*" + word[at + 1 :]


def _marked(word: str, chance: random.Random) -> str:
    return "".join(char + chance.choice("\u0336\u0335\u0489\u0321\u0332") for char in word)


def _enclosed(word: str, _: random.Random) -> str:
    return "".join(chr(0x1F170 + ord(char) - 97) if "a" <= char <= "z" else char for char in word)


def _emoji(word: str, _: random.Random) -> str:
    return "".join(chr(0x1F1E6 + ord(char) - 97) if "a" <= char <= "z" else char for char in word)


DISGUISES: dict[str, Callable[[str, random.Random], str]] = {
    "plain": lambda word, _: word,
    "CAPITALS": lambda word, _: word.upper(),
    "digits": _each(_DIGITS),
    "signs": _each(_SIGNS),
    "spaces": lambda word, _: " ".join(word),
    "dots": lambda word, _: ".".join(word),
    "stretched": _stretched,
    "look-alikes": _each(_LOOKING | _BACK),
    "invisible": lambda word, _: "\u200b".join(word),
    "marks": _marked,
    "mathematical": lambda word, _: "".join(chr(0x1D4EA + ord(c) - 97) if "a" <= c <= "z" else c for c in word),
    "enclosed": _enclosed,
    "flags": _emoji,
    "masked": _masked,
    "upside down": lambda word, _: "".join(_UPSIDE.get(char, char) for char in reversed(word)),
}
_FOR_LATIN = frozenset({"digits", "signs", "mathematical", "enclosed", "flags", "upside down", "masked"})


def disguised(word: str, disguise: str, seed: int = 7) -> str | None:
    """`word` under a disguise; None where the disguise leaves the word as it is, or has nothing to hide it by."""
    if disguise in _FOR_LATIN and not re.fullmatch("[a-z]{4,}", word):
        return None
    changed = DISGUISES[disguise](word, random.Random(f"{word}{seed}"))  # noqa: S311 (no secret)
    return None if changed == word and disguise != "plain" else changed


def strong_words(language: str) -> list[str]:
    """Whole strong words of a language, as they would be written by themselves."""
    words = [entry.letters for entry in read_own(language) if entry.level == "strong"]
    least = 2 if language in WITHOUT_SPACES else 3
    return sorted({word for word in words if len(word) >= least and word.isalpha()})


def innocent_words(language: str) -> list[str]:
    """Words of the kind lines."""
    text = " ".join(line for line, rude in read(language) if not rude)
    return sorted({word for word in re.findall(r"[^\W\d_]+", plain(text).letters) if len(word) >= 3})


def is_taken(text: str, language: str) -> bool:
    return any(hit.entry.level in ("strong", "rude") for hit in find(text, languages_of(text, language)))


def share_taken(words: Iterable[tuple[str, str]], disguise: str) -> tuple[int, int, list[str]]:
    """(taken, tried, those not taken) of (language, word) pairs."""
    taken, missed = 0, []
    for language, word in words:
        if (written := disguised(word, disguise)) is None:
            continue
        if is_taken(written, language):
            taken += 1
        else:
            missed.append(f"{language}:{written}")
    return taken, taken + len(missed), missed


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--innocent", type=Path, help="a file of innocent words, one a line")
    parser.add_argument("--language", choices=LANGUAGES, help="only this language")
    parser.add_argument("--missed", action="store_true", help="print the words that were not found")
    options = parser.parse_args(arguments)
    languages = (options.language,) if options.language else LANGUAGES
    bad = [(language, word) for language in languages for word in strong_words(language)]
    if options.innocent:
        kind = [(languages[0], word) for word in options.innocent.read_text("utf-8").split()]
    else:
        kind = [(language, word) for language in languages for word in innocent_words(language)]
    kind = [(language, word) for language, word in kind if not is_taken(word, language)]
    for disguise in DISGUISES:
        found, tried, missed = share_taken(bad, disguise)
        false, innocent, _ = share_taken(kind, disguise)
        kept = f"{false / max(innocent, 1):7.4f} of {innocent:5d}"
        print(f"{disguise:14s} found {found / max(tried, 1):7.4f} of {tried:5d}   innocent {kept}")  # noqa: T201
        if options.missed:
            print("   ", *missed[:60])  # noqa: T201


if __name__ == "__main__":
    main()
