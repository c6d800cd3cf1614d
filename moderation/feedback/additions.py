"""Sentences that a moderator may add to what a child reads. A closed list: nobody writes freely to a child."""

import tomllib
from collections.abc import Sequence
from functools import cache
from pathlib import Path

FILE = Path(__file__).parent / "seed" / "additions.toml"


@cache
def _which() -> dict[str, str]:
    with FILE.open("rb") as file:
        return {tag.lower(): text for tag, text in tomllib.load(file)["which"].items()}


def which(tag: str, pictures: Sequence[int]) -> str:
    """ "This is about picture 2." in the language `tag`, for pictures by their numbers from 1; "" where there is none
    to name, or the language has no such sentence."""
    text = _which().get(tag.lower(), "")
    return text.format(n=", ".join(map(str, pictures))) if text and pictures else ""
