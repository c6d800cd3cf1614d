"""The reasons and texts that come with BrickMod, read from seed/. They hold until the database says otherwise."""

import tomllib
from functools import cache
from pathlib import Path
from typing import NamedTuple

SEED = Path(__file__).parent / "seed"

# Texts that belong to no reason.
APPROVED = "approved"  # it is published
GENERAL = "general"  # no reason is known, or it has no text in a language
BETWEEN = "between"  # leads from one text over to a second
# What follows for an author, and what became of an appeal.
WARNED = "warned"
SLOWED = "slowed"  # so many a day
PAUSED = "paused"  # nothing can be sent: for some days, or until a person lifts it
APPEAL_KEPT = "appeal_kept"
APPEAL_CHANGED = "appeal_changed"
OCCASIONS = (APPROVED, GENERAL, BETWEEN, WARNED, SLOWED, PAUSED, APPEAL_KEPT, APPEAL_CHANGED)


class Why(NamedTuple):
    """A reason as shipped; the fields of models.Reason."""

    code: str
    title: str
    explains: str
    key: str
    position: int
    task: str
    severity: int
    alone: bool


class Told(NamedTuple):
    """What a child reads: `title` is a word or two ("" for the occasions), `text` the sentences."""

    title: str
    text: str


@cache
def reasons() -> tuple[Why, ...]:
    with (SEED / "reasons.toml").open("rb") as file:
        rows = tomllib.load(file)
    return tuple(
        Why(
            code=code,
            title=row["title"],
            explains=row["explains"],
            key=row["key"],
            position=10 * place,
            task=row["task"],
            severity=row["severity"],
            alone=row.get("alone", False),
        )
        for place, (code, row) in enumerate(rows.items(), start=1)
    )


@cache
def examples() -> dict[str, list[tuple[str, str, str, str, str]]]:
    """reason code -> (verdict, text, picture, answer, why)."""
    with (SEED / "examples.toml").open("rb") as file:
        return {code: [tuple(row) for row in rows] for code, rows in tomllib.load(file).items()}


@cache
def help_lines() -> tuple[tuple[str, str, str], ...]:
    """(market, name, contact). None of them is checked."""
    with (SEED / "help_lines.toml").open("rb") as file:
        return tuple((market, name, contact) for market, rows in tomllib.load(file).items() for name, contact in rows)


@cache
def texts() -> dict[tuple[str, str], Told]:
    """(reason code or occasion, language tag) -> what is told."""
    found: dict[tuple[str, str], Told] = {}
    for path in sorted((SEED / "texts").glob("*.toml")):
        with path.open("rb") as file:
            for subject, row in tomllib.load(file).items():
                found[subject, path.stem] = Told(row.get("title", ""), row["text"])
    return found


def languages() -> tuple[str, ...]:
    return tuple(sorted({language for _, language in texts()}))
