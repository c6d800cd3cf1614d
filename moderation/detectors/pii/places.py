"""Schools, ages, birthdays, and asking to meet: what is said around them, in each language's words. Pure."""

import re
from collections.abc import Sequence
from functools import cache

from babel import Locale

from moderation.detectors.pii.invented import is_invented
from moderation.detectors.pii.kinds import Hit
from moderation.detectors.pii.layer import layer_of
from moderation.detectors.pii.words import EVERYWHERE, UNSPACED, Words, words_of

_NEAR = 40
_NUMBER = r"(?:no\.?|nr\.?|n[°º]|num\.?|№|#)?\s?\d{1,4}"
_OF = "of|de|da|do|del|della|di|du|des|am|an|der|im|i|van|the|la|le|les|saint|st\\.?|sct\\.?|in|w|im\\.|ul\\.|v|na"
# Words before "school" that say which kind it is, and not which one.
_KIND_OF_SCHOOL = frozenset({
    "my", "our", "the", "a", "an", "your", "his", "her", "their", "this", "that", "new", "old", "big", "little",
    "small", "same", "high", "middle", "primary", "elementary", "grammar", "secondary", "public", "private",
    "boarding", "music", "art", "sunday", "driving", "summer", "language", "ballet", "police", "medieval", "evil",
    "minecraft", "to", "at", "from", "for", "in", "after", "before", "of", "nursery", "pre", "junior", "senior",
    "first", "back", "min", "mein", "meine", "unsere", "die", "der", "das", "zur", "den", "en", "et", "la", "le",
    "une", "un", "mon", "ma", "mi", "tu", "el", "una", "il", "mia", "l'", "det", "sin", "dein", "eine", "folke",
    "musik",
})  # fmt: skip


def places(text: str, letters: str, mine: Sequence[Words]) -> list[Hit]:
    """Places are of the layer's letters; `text` has as many characters, with its capitals, where nothing was folded."""
    cues = tuple(dict.fromkeys((*mine, words_of(EVERYWHERE))))
    hits: list[Hit] = []
    for words in cues:
        hits += _ages(letters, words)
        hits += _birthdays(letters, words, cues)
        hits += [Hit(*found.span(), "meet", "likely") for found in words.meet.finditer(letters)]
        hits += _schools(text, letters, words)
    return hits


def _ages(letters: str, words: Words) -> list[Hit]:
    return [
        Hit(*found.span("n"), "age", "note")
        for pattern in words.age
        for found in pattern.finditer(letters)
        if _is_age(found["n"], words)
    ]


def _is_age(number: str, words: Words) -> bool:
    value = number if number.isdecimal() else words.digits.get(number, "")
    return value.isdecimal() and 3 <= int(value) <= 119


@cache
def _dates(language: str) -> re.Pattern[str]:
    """A date of a day and month, in figures or with the month's name, and perhaps a year."""
    tag = {"nb": "nb", "zh": "zh"}.get(language, language)
    names = Locale.parse(tag).months
    months = {
        re.escape(layer_of(name).letters.rstrip("."))
        for context in names.values()
        for width in ("wide", "abbreviated")
        for name in context.get(width, {}).values()
        if not name.isdigit()
    }
    month = "|".join(sorted(months, key=len, reverse=True))
    year = r"(?:[\s,.]*(?:de\s|of\s)?(?:19|20)\d\d)?"
    if language in UNSPACED:
        return re.compile(r"(?:(?:19|20)\d\d\s?[年년]\s?)?\d{1,2}\s?[月월]\s?\d{1,2}\s?[日号號일]?")
    return re.compile(
        rf"\d{{1,2}}[./-]\s?\d{{1,2}}(?:[./-]\s?\d{{2,4}})?|(?:19|20)\d\d-\d\d-\d\d"
        rf"|\d{{1,2}}(?:st|nd|rd|th|er|º|\.)?\s?(?:of\s|de\s|d'|δε\s)?(?:{month})\w{{0,3}}\.?{year}"
        rf"|(?:{month})\w{{0,3}}\.?\s(?:the\s)?\d{{1,2}}(?:st|nd|rd|th|\.)?{year}"
    )


def _birthdays(letters: str, words: Words, cues: Sequence[Words]) -> list[Hit]:
    hits = []
    for found in words.birthday.finditer(letters):
        near = letters[found.end() : found.end() + 30]
        for of in cues:
            if date := _dates(of.language).search(near):
                hits.append(Hit(found.end() + date.start(), found.end() + date.end(), "birthday", "likely"))
                break
    return hits


@cache
def _school(language: str) -> re.Pattern[str]:
    words = words_of(language)
    some = "|".join(sorted(map(re.escape, words.school), key=len, reverse=True))
    if language in UNSPACED:
        wide = "\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af"
        return re.compile(rf"(?P<before>[{wide}\d第]{{2,8}}?)\s?(?P<school>{some})(?P<after>)")
    word = r"[^\W\d_][\w'’.-]{0,30}"
    return re.compile(
        rf"(?P<before>(?:(?<!\w){word}\s+){{0,4}})(?P<school>(?<!\w)(?:[^\W\d_][\w-]{{0,30}})?(?:{some})\w{{0,2}}(?!\w))"
        rf"(?P<after>(?:\s+(?:{_NUMBER})(?!\w))?(?:\s+(?:(?:{_OF})\s+)*(?:{word}))?(?:\s+{word})?)"
    )


def _schools(text: str, letters: str, words: Words) -> list[Hit]:
    """A school with its own name or number. With capitals where the language has them."""
    if not any(word in letters for word in words.school):
        return []
    hits = []
    written = text if len(text) == len(letters) else letters
    for found in _school(words.language).finditer(letters):
        start, end = found.span()
        if words.language in UNSPACED:
            start = _after_wide_verb(letters, start, found.start("school"))
            own = found.start("school") - start >= 2
        else:
            start, end, own = _latin_school(written, found, words)
        if not own or any(is_invented(word) for word in written[start:end].split()):
            continue
        near = letters[max(0, start - _NEAR) : end + 20]
        mine = words.myschool.search(near) or words.i.search(letters[max(0, start - _NEAR) : start])
        hits.append(Hit(start, end, "school", "likely" if mine else "note"))
    return hits


_WIDE_BEFORE = re.compile(r".*(?:在|读|上|去|是|我们|来自|到|は|の|が|に|を|、|。|는|은|저는|나는|이|가|\s)", re.S)


def _after_wide_verb(letters: str, start: int, school: int) -> int:
    found = _WIDE_BEFORE.match(letters[start:school])
    return start + found.end() if found else start


def _latin_school(written: str, found: re.Match[str], words: Words) -> tuple[int, int, bool]:
    """Where the school's name begins and ends, and whether it has one."""
    begin = found.start("school")
    named = False
    for word in reversed(list(re.finditer(r"\S+", written[found.start("before") : found.end("before")]))):
        at = found.start("before") + word.start()
        plain = word.group().lower().strip(".,")
        if not word.group()[:1].isupper() or plain in _KIND_OF_SCHOOL:
            if not (named and plain in ("of", "de", "da", "von", "van", "i", "the", "st")):
                break
        elif at > 0 or plain not in _KIND_OF_SCHOOL:
            begin, named = at, True
    school = written[found.start("school") : found.end("school")]
    compound = school[:1].isupper() and not any(school.lower() in (one, f"{one}n", f"{one}en") for one in words.school)
    named = named or (compound and found.start("school") > 0 and words.language in ("da", "nb", "sv", "de", "nl", "fi"))
    end = found.end("school")
    after = written[end : found.end("after")]
    if number := re.match(rf"\s+{_NUMBER}(?!\w)", after):
        end, named = end + number.end(), True
    elif proper := re.match(
        rf"\s+(?:(?:{_OF})\s+)*[A-ZÀ-ÖØ-ÞΑ-ΩА-ЯЄІЇ\"«„][\w'’.-]*(?:\s+[A-ZÀ-ÖØ-ÞΑ-ΩА-ЯЄІЇ][\w'’.-]*)?", after
    ):
        end, named = end + proper.end(), True
    return begin, end, named
