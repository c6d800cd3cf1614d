"""Why there may be a burst, in plain words, from how it spreads. A guess that says what it rests on. No Django here."""

from collections.abc import Sequence
from dataclasses import dataclass

MOST = 0.8
FEW_AUTHORS = 5


@dataclass(frozen=True)
class Spread:
    """Of the uploads of a burst. Each table: (name, how many, its usual share of the app's uploads or None)."""

    total: int
    versions: Sequence[tuple[str, int, float | None]] = ()
    markets: Sequence[tuple[str, int, float | None]] = ()
    files: Sequence[tuple[str, int, float | None]] = ()
    authors: int = 0
    of_first_authors: int = 0  # how many come from the FEW_AUTHORS that sent most


def guess(spread: Spread, error: bool = False) -> list[str]:
    """Sentences, the likeliest first; never empty."""
    total = max(spread.total, 1)
    says = []
    if error:
        says.append("A detector fails: people get these because it could not look, not because something was found.")
    if spread.authors > 0 and spread.of_first_authors / total >= 0.5 and spread.authors < total / 2:
        who = "One author" if spread.authors == 1 else f"{min(spread.authors, FEW_AUTHORS)} authors"
        says.append(f"{who} sent {spread.of_first_authors} of {total}: perhaps a raid by a few.")
    if (version := _stands_out(spread.versions, total)) is not None:
        name, n, usual = version
        says.append(f"{n} of {total} come from version {name}, {_usual(usual)}: perhaps something in that release.")
    if spread.files and spread.files[0][1] / total >= 0.5 and spread.authors > FEW_AUTHORS:
        n = spread.files[0][1]
        says.append(f"{n} of {total} are the very same file, from many authors: a campaign, or a fault of the app.")
    if (market := _stands_out(spread.markets, total)) is not None:
        name, n, usual = market
        says.append(f"{n} of {total} come from {name}, {_usual(usual)}: perhaps a fair or a holiday there.")
    return says or [
        f"{spread.authors} authors, no version, market or file stands out: perhaps an event that many saw, or a "
        "detector that has changed."
    ]


def _stands_out(rows: Sequence[tuple[str, int, float | None]], total: int) -> tuple[str, int, float | None] | None:
    """The first row when it has most of the burst and usually does not."""
    if not rows or not rows[0][0]:
        return None
    _, n, usual = rows[0]
    return rows[0] if n / total >= MOST and (usual is None or usual < 0.6) else None


def _usual(share: float | None) -> str:
    if share is None:
        return "of which the past says nothing yet"
    return f"which usually sends {share:.0%}" if share else "which was not there before"
