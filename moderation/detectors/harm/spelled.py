"""A text in the spellings that phrases are looked for in: as it was written, and with its disguises undone. Pure.

Both are lower case, without accents and apostrophes ("I'm" and "im" are the same to a child), each letter with its
place in the text as it was written.
"""

import unicodedata
from collections.abc import Iterator

from moderation.detectors.pii.layer import Layer, layer_of
from moderation.detectors.profanity.look_alikes import LEET, latin

_SILENT = frozenset("'’‘`´ʼ")
_LEET = {sign: letter for sign, letter in LEET.items() if sign not in "(<{|"}  # brackets stand for themselves here
_FEWEST = 3  # single letters in a row that are a word spelled out


def spellings(text: str) -> Iterator[Layer]:
    """One or two layers of the text; the second only where something was disguised."""
    first = folded(layer_of(text))
    yield first
    second = _undisguised(first)
    if second.letters != first.letters:
        yield second


def fold(text: str) -> str:
    """As spellings write it."""
    return folded(layer_of(text)).letters


def folded(layer: Layer) -> Layer:
    kept = [(_bare(char), place) for char, place in zip(layer.letters, layer.where, strict=True) if char not in _SILENT]
    return Layer("".join(char for char, _ in kept), [place for _, place in kept])


def _bare(char: str) -> str:
    """The letter without its accent. Hangul and kana keep their shape: there it is another sound."""
    if char.isascii() or char > "\u1fff":
        return char
    base = unicodedata.normalize("NFD", char)[0]
    return base if base.isalpha() else char


def _undisguised(layer: Layer) -> Layer:
    letters, where = [], []
    likes = latin()
    for word, start, end in _words(layer.letters):
        shown = word
        if not word.isalpha() and any(char.isalpha() for char in word):
            core = word.rstrip("!?.,;:")
            shown = "".join(_LEET.get(char, char) for char in core) + word[len(core) :]
        if not shown.isascii() and any("a" <= char <= "z" for char in shown):
            shown = "".join(likes.get(char, char) for char in shown)
        letters.append((shown, start, end))
    joined = _joined(letters)
    text: list[str] = []
    for word, start, end in joined:
        if text:
            text.append(" ")
            where.append(layer.where[start - 1] if start else layer.where[start])
        text.append(word)
        same = len(word) == end - start
        where += layer.where[start:end] if same else [(layer.where[start][0], layer.where[end - 1][1])] * len(word)
    return Layer("".join(text), where)


def _words(letters: str) -> Iterator[tuple[str, int, int]]:
    start = 0
    for word in letters.split():
        start = letters.index(word, start)
        yield word, start, start + len(word)
        start += len(word)


def _joined(words: list[tuple[str, int, int]]) -> list[tuple[str, int, int]]:
    """ "k i l l you" -> "kill you": three or more single letters in a row are one word."""
    made: list[tuple[str, int, int]] = []
    run: list[tuple[str, int, int]] = []
    for word in [*words, ("", 0, 0)]:
        if len(word[0]) == 1 and word[0].isalpha():
            run.append(word)
            continue
        if len(run) >= _FEWEST:
            made.append(("".join(one[0] for one in run), run[0][1], run[-1][2]))
        else:
            made += run
        run = []
        if word[0]:
            made.append(word)
    return made
