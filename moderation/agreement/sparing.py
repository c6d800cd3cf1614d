"""People who have had enough of what is hard (docs/wellbeing.md) are not given more of it to measure how they agree."""

from datetime import datetime
from typing import Any

from moderation.care.exposure import severe_from, without_hard
from moderation.intake.models import Submission


def spare(rows: Any, user: Any, now: datetime) -> Any:
    """`rows` (each with a `submission`) without what is as hard as that; all of them for who has not had enough."""
    severity = severe_from(user, now)
    if severity is None:
        return rows
    return rows.filter(submission__in=without_hard(Submission.objects.all(), severity, False, now).values("pk"))
