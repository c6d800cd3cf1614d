"""Parts of a text to look at by themselves: windows of a long one, clauses of any."""

import re

WINDOW = 600  # characters; a longer text is more than one thing said, and its vector a blur of them
MOST_WINDOWS = 8
_BREAK = re.compile(r"[.!?…;。！？；\n\r]+|,\s")
_SPACE = re.compile(r"\s")


def windows(text: str) -> list[tuple[int, int]]:
    """Places (start, end) of up to 8 windows, cut at white space, spread evenly over a text longer than one; else none.

    The first and the last are always among them: what is hidden is hidden behind something long.
    """
    if len(text) <= WINDOW:
        return []
    places = []
    start = 0
    while start < len(text):
        end = min(start + WINDOW, len(text))
        if end < len(text):
            last = max((found.end() for found in _SPACE.finditer(text, start + WINDOW // 2, end)), default=end)
            end = last
        places.append((start, end))
        start = end
    if len(places) <= MOST_WINDOWS:
        return places
    step = (len(places) - 1) / (MOST_WINDOWS - 1)
    return [places[round(step * number)] for number in range(MOST_WINDOWS)]


def clauses(text: str) -> list[tuple[int, int]]:
    """Places of the clauses of a text, without the white space around them."""
    places = []
    start = 0
    for found in [*_BREAK.finditer(text), None]:
        end = found.start() if found else len(text)
        piece = text[start:end]
        if stripped := piece.strip():
            first = start + piece.index(stripped)
            places.append((first, first + len(stripped)))
        start = found.end() if found else end
    return places
