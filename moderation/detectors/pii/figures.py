"""Telephone numbers, and numbers of cards, accounts and persons; as they are, spaced out, and in words. Pure."""

import re
from collections.abc import Sequence
from functools import lru_cache

import phonenumbers
from phonenumbers import NumberParseException

from moderation.detectors.pii.kinds import Hit
from moderation.detectors.pii.spoken import is_counting, spoken_numbers
from moderation.detectors.pii.words import EVERYWHERE, Words, words_of

# Where a language's children live; what they write is tried as a number of these countries.
REGIONS = {
    "da": ("DK", "GL", "FO"),
    "de": ("DE", "AT", "CH"),
    "en": ("GB", "US", "CA", "AU", "NZ", "IE", "IN"),
    "es": ("ES", "MX", "AR"),
    "fr": ("FR", "BE", "CH", "CA"),
    "it": ("IT", "CH"),
    "nl": ("NL", "BE"),
    "pl": ("PL",),
    "pt": ("PT", "BR"),
    "sv": ("SE", "FI"),
    "nb": ("NO",),
    "fi": ("FI",),
    "cs": ("CZ",),
    "hu": ("HU",),
    "ro": ("RO", "MD"),
    "el": ("GR", "CY"),
    "tr": ("TR",),
    "uk": ("UA",),
    "ru": ("RU", "KZ"),
    "bg": ("BG",),
    "hr": ("HR",),
    "sk": ("SK",),
    "sl": ("SI",),
    "zh": ("CN", "TW", "HK"),
    "ja": ("JP",),
    "ko": ("KR",),
}
_RUN = re.compile(
    r"(?<![a-z0-9_#@./+-])(?<!\d[,:])(?:\+|\(\+?|00)?\d[\d ().\-/_*|~·•]{4,30}\d(?:\s?(?:x|ext\.?)\s?\d{1,5})?"
    r"(?![a-z0-9_]|[.,:/-]\d)"
)
_DATE = re.compile(
    r"(?:\d{1,2}[./-]\d{1,2}[./-]\d{2,4}|\d{4}[./-]\d{1,2}[./-]\d{1,2}|(?:19|20)\d\d\s*[-–/]\s*(?:19|20)?\d\d)(?:\s+\d{1,2}(?::\d\d)*)?"
)
_THOUSANDS = re.compile(r"[1-9]\d{0,2}(?:[ .](?:000|\d00))+|[1-9]\d{0,2}([ .])\d{3}(?:\1\d{3})*")
_CARD = re.compile(r"(?<![\w.+-])\d(?:[ -]?\d){11,18}(?![\w]|[.-]\d)")
_IBAN = re.compile(r"(?<!\w)[a-z]{2}\d{2}(?:\s?[a-z0-9]{4}){2,7}(?:\s?[a-z0-9]{1,3})?(?!\w)")
_PERSON = re.compile(
    r"(?<![\w-])(?:\d{3}-\d{2}-\d{4}|\d{6}[-+]\d{4}|\d{4}-\d{2}-\d{4}|\d{6}/\d{3,4}|\d{6}-\d{7}|\d{3}\.\d{3}\.\d{3}-\d{2}"
    r"|[a-z]{6}\d{2}[a-z]\d{2}[a-z]\d{3}[a-z])(?![\w-])"
)
_CARD_WORDS = re.compile(
    r"card|karte|kort|carte|tarjeta|carta|kaart|karta|cart[aã]o|kortti|kártya|κάρτα|kart|карт|cc\b|カード|卡|카드|visa|master"
)
_NEAR = 40


def figures(letters: str, mine: Sequence[Words], region: str = "") -> list[Hit]:
    """Places are of the layer's letters. `region`: the market, if it is known."""
    if sum(char.isdigit() for char in letters) < 5 and len(letters) < 15:
        return []
    hits = _numbers(letters)
    regions = tuple(
        dict.fromkeys([*([region] if region else []), *(r for w in mine for r in REGIONS.get(w.language, ()))])
    )
    cues = (*mine, words_of(EVERYWHERE))
    for found in _RUN.finditer(letters):
        start, end = found.span()
        if any(hit.start < end and start < hit.end for hit in hits):
            continue
        weight = phone_weight(found.group(), regions, _has_cue(letters, start, end, cues))
        if weight:
            hits.append(Hit(start, end, "phone", "sure" if weight == "sure" else "likely", ""))
    for start, end, digits in spoken_numbers(letters, [words.language for words in mine]):
        sure = _is_number_of(digits, regions) or _has_cue(letters, start, end, cues)
        hits.append(Hit(start, end, "phone", "sure" if sure else "likely", "in words"))
    return hits


def _numbers(letters: str) -> list[Hit]:
    hits = []
    for found in _PERSON.finditer(letters):
        hits.append(Hit(*found.span(), "number", "sure"))
    for found in _IBAN.finditer(letters):
        text = found.group().replace(" ", "")
        if 14 <= len(text) <= 34 and sum(char.isdigit() for char in text) >= 8:
            hits.append(Hit(*found.span(), "number", "sure"))
    for found in _CARD.finditer(letters):
        digits = re.sub(r"\D", "", found.group())
        near = letters[max(0, found.start() - _NEAR) : found.end() + 20]
        if (luhn(digits) and digits[0] in "123456" and len(set(digits)) > 2) or (
            len(digits) >= 12 and _CARD_WORDS.search(near)
        ):
            hits.append(Hit(*found.span(), "number", "sure"))
    return hits


def luhn(digits: str) -> bool:
    """Luhn's check, which numbers of payment cards pass (ISO/IEC 7812-1)."""
    values = [int(char) for char in reversed(digits)]
    return sum(value if at % 2 == 0 else sum(divmod(value * 2, 10)) for at, value in enumerate(values)) % 10 == 0


def phone_weight(text: str, regions: Sequence[str], cue: bool) -> str:
    """ "sure", "likely" or "" (none). `cue`: words near it say that it can be called."""
    main = re.split(r"\s?(?:x|ext)", text)[0]
    digits = re.sub(r"\D", "", main)
    if not 6 <= len(digits) <= 15 or is_counting(digits) or _DATE.fullmatch(main.strip()):
        return ""
    groups = re.findall(r"\d+", main)
    if all(len(group) == 4 and group[:2] in ("19", "20") for group in groups):
        return ""
    if main.lstrip(" (").startswith(("+", "00")) and len(digits) >= 8:
        return "sure" if cue or _is_number_of(main.strip(), regions) else "likely"
    if cue and len(digits) >= 6:
        return "likely" if _THOUSANDS.fullmatch(main.strip()) else "sure"
    if len(groups) > 1 and all(len(group) == 4 for group in groups) and digits[0] != "0":
        return ""  # numbers of sets
    own = _is_number_of(digits, regions)
    if _THOUSANDS.fullmatch(main.strip()) and not (own and len(digits) >= 9):
        return ""
    signs = set(re.sub(r"[\d\s]", "", main))
    if own and (len(digits) >= 8 or len(groups) > 1):
        # A rejection needs more than that some country has such numbers: many counts are such.
        return "likely"
    plain = not signs or signs <= set("().-/")
    if len(groups) > 1 and 7 <= len(digits) <= 13 and plain and _grouped(groups, len(digits)):
        return "likely"
    return "likely" if len(groups) == 1 and len(digits) in (10, 11) and digits[0] in "01789" else ""


def _grouped(groups: list[str], size: int) -> bool:
    """Do groups look dialled: of two to four digits, or all single ones? Measures and lists are of one and two."""
    if all(len(group) == 1 for group in groups):
        return size >= 8
    longest = max(map(len, groups))
    return longest >= 3 or (size >= 8 and all(len(group) == 2 for group in groups))


@lru_cache(maxsize=5000)
def _is_number_of(text: str, regions: tuple[str, ...]) -> bool:
    """Is it a number that can be dialled in one of these countries, or a whole international one?"""
    for region in regions or ("ZZ",):
        try:
            if phonenumbers.is_valid_number(phonenumbers.parse(text, region)):
                return True
        except NumberParseException:
            continue
    return False


def _has_cue(letters: str, start: int, end: int, mine: Sequence[Words]) -> bool:
    before, after = letters[max(0, start - _NEAR) : start], letters[end : end + 25]
    return any(words.reach.search(before) or words.reach.search(after) for words in mine)
