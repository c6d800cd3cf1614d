"""The labelling functions that BrickMod comes with, from rules/*.toml: a file a theme. No Django."""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent / "rules"


@dataclass(frozen=True)
class ShippedRule:
    name: str
    theme: str  # slug
    kind: str
    trust: float
    patterns: tuple[str, ...]


@cache
def shipped_rules() -> tuple[ShippedRule, ...]:
    """`patterns` are words parted by semicolons, `rules` a list of regular expressions."""
    found = []
    for path in sorted(FOLDER.glob("*.toml")):
        for row in tomllib.loads(path.read_text(encoding="utf-8"))["function"]:
            words = [" ".join(word.split()) for word in row.get("patterns", "").split(";")]
            patterns = dict.fromkeys(word for word in [*words, *row.get("rules", [])] if word)
            found.append(ShippedRule(row["name"], path.stem, row["kind"], row["trust"], tuple(patterns)))
    return tuple(found)
