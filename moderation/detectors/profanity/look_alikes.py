"""Which letter a character is meant to be: look-alikes from other scripts, symbols, enclosed letters, digits.

Built once from what Unicode itself says (decompositions and names) and from the confusables data of the package
`confusable_homoglyphs` (MIT). Keys and values are single lower-case characters.
"""

import json
import re
import unicodedata
from functools import cache
from importlib.resources import files

# Digits and symbols that stand for a letter inside a word. "1", "!" and "|" are read twice: as i and as l.
LEET = {
    "0": "o", "1": "i", "3": "e", "4": "a", "5": "s", "6": "g", "7": "t", "8": "b", "9": "g", "@": "a", "$": "s",
    "!": "i", "|": "i", "+": "t", "€": "e", "£": "l", "¢": "c", "¥": "y", "(": "c", "<": "c", "{": "c", "§": "s",
    "¡": "i", "†": "t", "‡": "t", "×": "x", "µ": "u", "ß": "b",
}  # fmt: skip
ALSO_L = frozenset("1!|¡")

# The other way round: Latin letters and digits inside a word that is written in another script.
CYRILLIC = dict(zip("aebkmhopctyx0346@u", "аевкмнорстухозчбаи", strict=True)) | {"€": "е", "ë": "ё"}
GREEK = dict(zip("aeiknoptuvxywhm0341@", "αεικνορτυνχυωημοεαια", strict=True))

# Letters turned upside down, and what they were.
TURNED = dict(zip("ɐɔǝɟƃɓɥᴉıɾʞꞁɯɹʇʌʍʎ", "acefgghiijklmrtvwy", strict=True)) | dict(
    zip("bdpqnuosxz", "qpdbunosxz", strict=True)
)

_SIZE = "(?:CAPITAL|SMALL)"
_KIND = "(?:CROSSED )?(?:NEGATIVE )?(?:CIRCLED|SQUARED|PARENTHESIZED)"
_NAME = re.compile(
    rf"(?:LATIN {_SIZE} LETTER|LATIN LETTER SMALL CAPITAL|{_KIND} LATIN {_SIZE} LETTER|MODIFIER LETTER {_SIZE}"
    r"|REGIONAL INDICATOR SYMBOL LETTER|COMBINING LATIN SMALL LETTER) ([A-Z])(?: WITH .*)?$"
)
# What neither names nor confusables know: letters of their own, emoji used as letters, and what resembles from afar.
_OWN = dict(zip("ıſøđłħƒæœþð", "isodlhfaopd", strict=True))
_EMOJI = dict(zip("🅰🅱🅾🅿ℹⓂ⭕❌✖", "abopimoxx", strict=True))
_AFAR = dict(zip("цяишпгйчλωπημθστς", "uruwnrnyawnnuootc", strict=True))


@cache
def latin() -> dict[str, str]:
    """Non-ASCII character -> the ASCII letter a..z that it looks like or is a form of."""
    table = dict(_AFAR)
    confusables = json.loads(files("confusable_homoglyphs").joinpath("confusables.json").read_text("utf-8"))
    for char, twins in sorted(confusables.items(), key=lambda item: item[0] == item[0].casefold()):  # capitals first
        letter = next((t["c"] for t in twins if len(t["c"]) == 1 and t["c"].isascii() and t["c"].isalpha()), "")
        if letter:
            table[char.casefold()] = letter.lower()
    for code in (*range(0x80, 0x3000), *range(0xA640, 0xABFF), *range(0x1F100, 0x1F200)):
        char = chr(code)
        decomposed = unicodedata.normalize("NFKD", char)
        if decomposed[0].isascii() and decomposed[0].isalpha() and all(map(unicodedata.combining, decomposed[1:])):
            table[char.casefold()] = decomposed[0].lower()
        elif found := _NAME.match(unicodedata.name(char, "")):
            table[char.casefold()] = found[1].lower()
    table |= _OWN | _EMOJI
    return {char: letter for char, letter in table.items() if len(char) == 1 and not char.isascii()}
