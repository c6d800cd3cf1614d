"""Parts of a text to look at by themselves: its sentences, or windows where it has none."""

import re

WINDOW = 240  # characters, about what the head was taught on
MOST_PARTS = 48
_LEAST_LETTERS = 12  # "Oh well" alone says nothing
_BREAK = re.compile(r"(?<=[.!?…;。！？；])\s*|[\n\r]+")
_SPACE = re.compile(r"\s")
_WIDE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")  # each stands for two letters


def parts_of(text: str) -> list[tuple[int, int]]:
    """Places (start, end) of at most 48 parts of `text`, in order, none longer than a window; none if it is one part.

    Of more parts than that the first, the last and others at even distances are taken: what is hidden is hidden
    behind something long.
    """
    places = [piece for start, end in _sentences(text) for piece in _windows(text, start, end)]
    if len(places) < 2:
        return []
    if len(places) <= MOST_PARTS:
        return places
    step = (len(places) - 1) / (MOST_PARTS - 1)
    return [places[round(step * number)] for number in range(MOST_PARTS)]


def _sentences(text: str) -> list[tuple[int, int]]:
    """Places of the sentences without the white space around them; short ones are taken together with the next."""
    places: list[tuple[int, int]] = []
    start = 0
    for cut in [*(found.end() for found in _BREAK.finditer(text)), len(text)]:
        piece = text[start:cut]
        stripped = piece.strip()
        if len(stripped) + len(_WIDE.findall(stripped)) < _LEAST_LETTERS and cut < len(text):
            continue
        if stripped:
            first = start + piece.index(stripped)
            places.append((first, first + len(stripped)))
        start = cut
    return places


def _windows(text: str, start: int, end: int) -> list[tuple[int, int]]:
    places = []
    while end - start > WINDOW:
        cut = max((found.end() for found in _SPACE.finditer(text, start + WINDOW // 2, start + WINDOW)), default=0)
        places.append((start, cut or start + WINDOW))
        start = cut or start + WINDOW
    return [*places, (start, end)]
