"""Numbers that are written in words, or in words and digits: "zero six 12 ...". Pure."""

import re
from collections.abc import Sequence
from functools import cache

from moderation.detectors.pii.words import UNSPACED, languages, words_of

LEAST_DIGITS = 7
_LEAST_WORDS = 2
_LEAST_CHARACTERS = 4  # in scripts without spaces, where such a character may begin the next word
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?|\d+")
_BETWEEN = re.compile(r"[\s.,;:\-_/|*~+()]{0,4}(?:(?:and|og|und|et|y|e|och|ja|i|a|и|і)\s)?[\s.\-_/|*~]{0,3}$")
_O = str.maketrans("oil", "011")


@cache
def _known() -> dict[str, dict[str, str]]:
    """word -> language -> digits."""
    known: dict[str, dict[str, str]] = {}
    for language in languages():
        for word, digits in words_of(language).digits.items():
            known.setdefault(word, {})[language] = digits
    return known


@cache
def _run_of_characters(language: str) -> re.Pattern[str]:
    some = "|".join(sorted(map(re.escape, words_of(language).digits), key=len, reverse=True))
    return re.compile(rf"(?:(?:{some}|\d)[\s.,\-·、]{{0,2}}){{{LEAST_DIGITS},}}")


def spoken_numbers(letters: str, spoken: Sequence[str]) -> list[tuple[int, int, str]]:
    """(start, end, digits) of numbers of seven digits and more of which at least two are words of one language.

    `spoken`: the languages without spaces that are looked at; all others always are. Counting up or down is none.
    """
    found = []
    run: list[tuple[int, int, str, frozenset[str] | None]] = []
    for word in [*_WORD.finditer(letters), None]:
        value = _value(word.group()) if word else None
        if word and value and (not run or _BETWEEN.match(letters[run[-1][1] : word.start()])):
            shared = _shared(run, value[1])
            if shared is None or shared:
                run.append((word.start(), word.end(), value[0], value[1]))
                continue
        found += _whole(run)
        run = [(word.start(), word.end(), *value)] if word and value else []
    for language in spoken:
        if language in UNSPACED:
            for match in _run_of_characters(language).finditer(letters):
                digits = _digits_of(match.group(), language)
                if not is_counting(digits) and sum(char.isalpha() for char in match.group()) >= _LEAST_CHARACTERS:
                    found.append((match.start(), match.start() + len(match.group().rstrip(" .,-·、")), digits))
    return found


def _value(word: str) -> tuple[str, frozenset[str] | None] | None:
    """Its digits and the languages in which it means them (None: in all)."""
    if word.isdigit():
        return word, None
    meant = _known().get(word)
    if meant:
        return next(iter(meant.values())), frozenset(meant)
    if len(word) <= 2 and set(word) <= set("oil"):  # "o6", "l2"
        return word.translate(_O), None
    return None


def _shared(
    run: list[tuple[int, int, str, frozenset[str] | None]], more: frozenset[str] | None
) -> frozenset[str] | None:
    """The languages that all words of the run, and one more, are of; None while there are only digits."""
    shared = more
    for _, _, _, of in run:
        if of is not None:
            shared = of if shared is None else shared & of
    return shared


def _whole(run: list[tuple[int, int, str, frozenset[str] | None]]) -> list[tuple[int, int, str]]:
    while run and run[-1][2] == "" and run[-1][3] is not None:
        run = run[:-1]
    shared = _shared(run, None)
    words = sum(of is not None for _, _, _, of in run)
    if not run or words < _LEAST_WORDS or not shared:
        return []
    digits = "".join(value for _, _, value, _ in run)
    if len(digits) < LEAST_DIGITS or len(digits) > 18 or is_counting(digits):
        return []
    return [(run[0][0], run[-1][1], digits)]


def _digits_of(text: str, language: str) -> str:
    digits = words_of(language).digits
    return "".join(char if char.isdigit() else digits.get(char, "") for char in text)


def is_counting(digits: str) -> bool:
    """1234567, 10987654321, 2222222: nobody's number."""
    if len(set(digits)) <= 1:
        return True
    up, down = "012345678910111213141516171819202122232425", "2019181716151413121110987654321098765432109876543210"
    return digits in up or digits in down
