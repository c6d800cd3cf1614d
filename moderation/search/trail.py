"""All that happened to one submission, as a file."""

from collections.abc import Sequence
from typing import Any

from moderation.desk.timeline import Moment
from moderation.intake.models import Submission

COLUMNS = ("at", "kind", "what", "who", "more")


def cells(moment: Moment) -> list[str]:
    """In the order of COLUMNS; the time is RFC 3339 in UTC."""
    return [moment.at.isoformat(), moment.kind, moment.what, moment.who, moment.more]


def whole(submission: Submission, told: Sequence[Moment]) -> dict[str, Any]:
    return {
        "id": str(submission.id),
        "external_id": submission.external_id,
        "app": submission.app.slug,
        "state": submission.state,
        "trail": [dict(zip(COLUMNS, cells(moment), strict=True)) for moment in told],
    }
