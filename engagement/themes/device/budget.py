"""What may be sent to a device, and what could never fit. Pure."""

import re

_UNITS = {"": 1, "B": 1, "KB": 1e3, "MB": 1e6, "KIB": 2**10, "MIB": 2**20}
_SIZE = re.compile(r"\s*(\d+(?:\.\d+)?)\s*([KM]?I?B?)\s*", re.IGNORECASE)


class TooLarge(ValueError):
    """It does not fit. The message is a sentence for people."""


def parse(text: str) -> int:
    """ "3.5MB" -> 3,500,000 bytes; "3.5MiB" -> 3,670,016. Raises ValueError."""
    found = _SIZE.fullmatch(text)
    if not found or found[2].upper() not in _UNITS or not float(found[1]):
        raise ValueError(f"{text!r} is no size; 3.5MB, 900KB or 3.5MiB would be.")
    return int(float(found[1]) * _UNITS[found[2].upper()])


def check_possible(name: str, numbers: int, budget: int) -> None:
    """Before anything is trained: at a byte a weight, can it fit at all? Raises TooLarge."""
    if numbers > budget:
        raise TooLarge(
            f"{name} has {numbers / 1e6:.2f} million weights: at one byte each that is more than the "
            f"{budget / 1e6:.2f} MB allowed, so no quantising makes it fit. "
            "Take a smaller --student or a larger --budget."
        )


def check_size(name: str, size: int, budget: int) -> None:
    """After it was made. Raises TooLarge."""
    if size > budget:
        raise TooLarge(
            f"{name} takes {size / 1e6:.2f} MB in its smallest form, and {budget / 1e6:.2f} MB are allowed. "
            "Take a smaller --student or a larger --budget."
        )
