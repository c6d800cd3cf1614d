"""Two texts for a child made into one that reads as if it had been written so."""

import re

_END = ".!?。！？"
_FIRST = re.compile(rf"^[^{_END}]+[{_END}]+")


def join(first: str, second: str, between: str, space: str = " ") -> str:
    """`first`, then `second` after the words `between`; nothing is said twice.

    Texts of one language end alike ("Then send it again!") and may begin alike. A common last sentence is kept at the
    end alone, a common first one at the beginning alone.
    """
    first, second = first.strip(), second.strip()
    if not second or first == second:
        return first
    if not first:
        return second
    if (end := _last(first)) and end == _last(second) and end != first:
        first = first.removesuffix(end).rstrip()
    if (start := _first(second)) and start == _first(first) and start != second:
        second = second.removeprefix(start).lstrip()
    return space.join(part for part in (first, between.strip(), second) if part)


def _first(text: str) -> str:
    found = _FIRST.match(text)
    return found.group() if found else ""


def _last(text: str) -> str:
    # Not by a pattern: one that is anchored at the end is tried from every letter on.
    body = text.rstrip(_END)
    return text[max(body.rfind(mark) for mark in _END) + 1 :].strip() if body != text else ""
