"""Undoes disguises: from a text as somebody wrote it to the words that it may be read as, each with its place.

Two layers lie exactly above each other. The first is the text in compatible, composed, lower-case characters without
invisible ones; the second says for each of these characters which letter it looks like. A reading is a word found in
either of them: as it stands, joined over punctuation, spelled out in single letters, cut in pieces, or turned upside
down. Which reading is a bad word is for others to say (find.py); stretching, masking and reversing are undone there,
where the words are known.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import product

from moderation.detectors.profanity.look_alikes import ALSO_L, CYRILLIC, GREEK, LEET, TURNED, latin

MASKS = frozenset("*#_●•×?█▇░▒▓■□✱＊∗✳-.~^%")
STAR = "*"  # in a masked reading: any one letter
_CHUNK = re.compile(r"\S+")
_WORD = re.compile(r"[^\W\d_]+")
_LATIN_WORD = re.compile(r"[a-z]{2,}")
_EDGES = "!?.,;:)('\"…»«“”„-–—|"
_CUT_PIECE = 4
_KEPT = 48  # characters; what was read of longer pieces is not kept in memory
_MOST_MARKS = 16
_VOWELS = frozenset("aeiouyáéíóúàèìòùäëïöüâêîôûåæøãõőűąęěůаеёиоуыэюяіїєαεηιουωάέήίόύώ")


@dataclass(frozen=True)
class Plain:
    """The first layer. `where[i]` is the place (start, end) in the original text that character i was made from."""

    letters: str
    where: list[tuple[int, int]]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The place in the original text of characters start..end of this one (end > start)."""
        return self.where[start][0], self.where[end - 1][1]


@dataclass(frozen=True)
class Reading:
    """`word`: lower-case letters (and STAR when how is "masked"), read at characters start..end of the Plain.

    `how`: "plain" | "joined" | "look-alike" | "masked" | "spaced" | "cut" | "turned".
    """

    word: str
    start: int
    end: int
    how: str


def plain(text: str) -> Plain:
    """The first layer of `text`. Never raises; the empty text gives an empty layer."""
    if text.isascii():
        return Plain(text.lower(), [(i, i + 1) for i in range(len(text))])
    letters: list[str] = []
    where: list[tuple[int, int]] = []
    at, size = 0, len(text)
    while at < size:
        end = at + 1
        while end < size and (_is_mark(text[end]) or _is_invisible(text[end])):
            end += 1
        for char in _composed(text[at : min(end, at + _MOST_MARKS)]):
            letters.append(char)
            where.append((at, end))
        at = end
    return Plain("".join(letters), where)


def readings(layer: Plain) -> Iterator[Reading]:
    """All that the words of the text may be read as. In the order of the text within each way of reading."""
    pieces: list[tuple[int, int, str]] = []
    for found in _CHUNK.finditer(layer.letters):
        chunk, offset = found[0], found.start()
        for word, start, end, how in _kept(chunk) if len(chunk) <= _KEPT else chunk_readings(chunk):
            yield Reading(word, offset + start, offset + end, how)
        pieces.append((offset, found.end(), _core(chunk)))
    yield from _spelled_out(pieces)
    yield from _cut(pieces)


# Marks that are put above and below letters for show. Vowel signs of other scripts are letters, and stay.
_MARKS = ((0x300, 0x370), (0x483, 0x48A), (0x1AB0, 0x1B00), (0x1DC0, 0x1E00), (0x20D0, 0x2100), (0xFE00, 0xFE30))


def _is_mark(char: str) -> bool:
    code = ord(char)
    return code >= 0x300 and any(low <= code < high for low, high in _MARKS)


def _is_invisible(char: str) -> bool:
    return char in "\u034f\u115f\u1160\u3164" or unicodedata.category(char) == "Cf"


@lru_cache(maxsize=20_000)
def _composed(cluster: str) -> str:
    """One character with its marks -> lower-case compatible characters; marks that do not compose are dropped."""
    visible = "".join(char for char in cluster if not _is_invisible(char))
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", visible).casefold())
    return "".join(char for char in folded if not _is_mark(char))


def _second_layers(chunk: str) -> list[str]:
    """What the characters of a chunk look like: in Latin letters, "1" and "!" as i or as l; the same with the accents
    kept; in Cyrillic or Greek where the chunk has letters of these. Empty when no character looks like another one."""
    likes = latin()
    first = "".join(LEET.get(char) or likes.get(char, char) for char in chunk)
    layers = []
    if first != chunk and any(char.isalpha() or likes.get(char) for char in chunk):
        layers.append(first)
        for doubtful in ({"1"}, ALSO_L):
            layers.append("".join("l" if char in doubtful else like for char, like in zip(chunk, first, strict=True)))
        if not chunk.isascii():
            layers.append(
                "".join(char if "À" <= char <= "ɏ" else like for char, like in zip(chunk, first, strict=True))
            )
    for table, low, high in ((CYRILLIC, "Ѐ", "ӿ"), (GREEK, "Ͱ", "Ͽ")):
        if any(low <= char <= high for char in chunk) and any(char in table for char in chunk):
            layers.append("".join(table.get(char, char) for char in chunk))
    return list(dict.fromkeys(layers))


def chunk_readings(chunk: str) -> tuple[tuple[str, int, int, str], ...]:
    """Readings of one piece of text without white space: (word, start, end, how), places within the chunk."""
    found = [(word[0], word.start(), word.end(), "plain") for word in _WORD.finditer(chunk)]
    if len(found) == 1 and found[0][2] - found[0][1] == len(chunk) and chunk.isascii():
        return tuple(found)
    if len(found) > 1:
        found.append(_joined(chunk, _WORD, "joined"))
    left = len(chunk) - len(chunk.lstrip(_EDGES.replace("!", "").replace("|", "")))
    right = len(chunk.rstrip(_EDGES))
    # "$hi!" perhaps ends with a letter: such a chunk is read with its last sign, and without.
    ends = {right, right + 1} if chunk.endswith("!") and right == len(chunk) - 1 else {right}
    for layer, last in product(_second_layers(chunk), sorted(ends)):
        core = layer[left:last]
        pattern = _LATIN_WORD if core.isascii() else _WORD
        words = [
            (word[0], left + word.start(), left + word.end(), "look-alike")
            for word in pattern.finditer(core)
            if not _is_only_digits(chunk, left + word.start(), left + word.end())
        ]
        found += words
        if len(words) > 1:
            word, start, end, _ = _joined(core, pattern, "")
            found.append((word, left + start, left + end, "look-alike"))
    found += _masked(chunk)
    if not chunk.isascii() and any(char in TURNED and not char.isascii() for char in chunk):
        turned = "".join(TURNED.get(char, "") for char in chunk[left:right])
        if len(turned) > 2:
            found += [(turned, left, right, "turned"), (turned[::-1], left, right, "turned")]
    return tuple(found)


_kept = lru_cache(maxsize=50_000)(chunk_readings)


def _is_only_digits(chunk: str, start: int, end: int) -> bool:
    """Whether what looks like a word is a number, or hangs on one: "455", "2a55", "r2-d2"."""
    around = chunk[max(0, start - 1) : start] + chunk[end : end + 1]
    if any(char.isdigit() for char in around):
        return True
    return not any(char.isalpha() or not char.isascii() for char in chunk[start:end])


def _joined(chunk: str, pattern: re.Pattern[str], how: str) -> tuple[str, int, int, str]:
    words = list(pattern.finditer(chunk))
    return "".join(word[0] for word in words), words[0].start(), words[-1].end(), how


def _masked(chunk: str) -> list[tuple[str, int, int, str]]:
    """ "f**k", "sh*t", "b_tch": letters with a mask between or after them; the mask counts as that many letters."""
    if not any(char in MASKS for char in chunk):
        return []
    start = next((i for i, char in enumerate(chunk) if char.isalpha()), len(chunk))
    end = len(chunk)
    while end > start and not (chunk[end - 1].isalpha() or chunk[end - 1] in "*█■●"):
        end -= 1
    core = chunk[start:end]
    if not 3 <= len(core) <= 16 or not all(char.isalpha() or char in MASKS for char in core):
        return []
    word = "".join(char if char.isalpha() else STAR for char in core)
    return [(word, start, end, "masked")] if STAR in word and len(word.replace(STAR, "")) >= 2 else []


def _core(chunk: str) -> str:
    """The letters that a chunk shows, one for each character, without what is not a letter."""
    if chunk.isascii() and chunk.isalpha():
        return chunk
    likes = latin()
    trimmed = chunk.strip(_EDGES) or chunk.strip(_EDGES.replace("!", "").replace("|", ""))
    shown = (char if char.isalpha() else LEET.get(char) or likes.get(char, "") for char in trimmed)
    return "".join(char for char in shown if char.isalpha())


def _spelled_out(pieces: list[tuple[int, int, str]]) -> Iterator[Reading]:
    """ "f u c k", "f - u - c - k": three or more pieces of one letter in a row, perhaps with signs between them."""
    run: list[tuple[int, int, str]] = []
    for piece in [*pieces, (0, 0, "end")]:
        if len(piece[2]) == 1:
            run.append(piece)
        elif piece[2]:
            if len(run) >= 3 or (len(run) == 2 and not run[0][2].isascii()):
                yield from _whole_and_folded(run)
            run = []


def _whole_and_folded(run: list[tuple[int, int, str]]) -> Iterator[Reading]:
    word = "".join(piece[2] for piece in run)
    yield Reading(word, run[0][0], run[-1][1], "spaced")
    likes = latin()
    folded = "".join(likes.get(char, char) for char in word)
    if folded != word:
        yield Reading(folded, run[0][0], run[-1][1], "spaced")


def _cut(pieces: list[tuple[int, int, str]]) -> Iterator[Reading]:
    """ "fu ck", "b itch": two or three short pieces, one of which cannot be a word because it has no vowel."""
    for first in range(len(pieces) - 1):
        if len(pieces[first][2]) > _CUT_PIECE or not pieces[first][2]:
            continue
        for last in (first + 1, first + 2):
            if last >= len(pieces) or not 0 < len(pieces[last][2]) <= _CUT_PIECE:
                break
            parts = [piece[2] for piece in pieces[first : last + 1]]
            if any(not _VOWELS.intersection(part) for part in parts):
                yield Reading("".join(parts), pieces[first][0], pieces[last][1], "cut")
