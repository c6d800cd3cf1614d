"""Two texts for a child made into one that reads as if it had been written so."""

import re

_END = ".!?。！？"
_FIRST = re.compile(rf"^[^{_END}]+[{_END}]+")
_LAST = re.compile(rf"[^{_END}]+[{_END}]+\s*$")


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
    if (end := _match(_LAST, first)) and end == _match(_LAST, second) and end != first:
        first = first.removesuffix(end).rstrip()
    if (start := _match(_FIRST, second)) and start == _match(_FIRST, first) and start != second:
        second = second.removeprefix(start).lstrip()
    return space.join(part for part in (first, between.strip(), second) if part)


def _match(pattern: re.Pattern[str], text: str) -> str:
    found = pattern.search(text)
    return found.group().strip() if found else ""
