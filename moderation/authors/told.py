"""What an app may know of an author: the shape of the API's answers and of the webhook `author.flagged`."""

from datetime import UTC, datetime
from typing import Any

from moderation.authors.models import Author, Follows, Measure, MeasureState
from moderation.feedback import shipped
from moderation.feedback.texts import told_at

# What a child reads of it. Being looked at first changes nothing for the child.
SAYS: dict[str, str] = {
    Follows.WARN: shipped.WARNED,
    Follows.SLOW: shipped.SLOWED,
    Follows.BAN: shipped.PAUSED,
}


def feedback(follows: str, language: str, market: str) -> str:
    return told_at(SAYS[follows], language, market) if follows in SAYS else ""


def measure_data(measure: Measure) -> dict[str, Any]:
    """One measure, as JSON-ready data. `status` is "in_force", or how it ended."""
    author = measure.author
    running = measure.state == MeasureState.IN_FORCE
    return {
        "id": str(measure.id),
        "follows": measure.follows,
        "status": measure.state if running else measure.end,
        "reasons": measure.reasons,
        "since": moment(measure.since),
        "until": moment(measure.until),
        "uploads_a_day": measure.a_day,
        "feedback": feedback(measure.follows, author.language, author.market) if running else "",
    }


def flagged(measure: Measure, points: float) -> dict[str, Any]:
    """The data of `author.flagged`."""
    return {"author": measure.author.name, "points": points, "measure": measure_data(measure)}


def standing_data(name: str, author: Author | None, points: float, measures: list[Measure]) -> dict[str, Any]:
    """How an author stands, for the app: `standing` is the hardest of what is in force, "fine" for nothing."""
    return {
        "author": name,
        "standing": measures[0].follows if measures else "fine",
        "points": points,
        "measures": [measure_data(measure) for measure in measures],
        "since": moment(author.since) if author else None,
    }


def moment(value: datetime | None) -> str | None:
    """RFC 3339 in UTC."""
    return value.astimezone(UTC).isoformat().replace("+00:00", "Z") if value else None
