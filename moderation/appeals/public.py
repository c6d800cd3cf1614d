"""What an app may know of an appeal: the API's answers and the webhook `appeal.decided`."""

from typing import Any

from moderation.appeals.models import Appeal
from moderation.authors.told import moment


def public(appeal: Appeal) -> dict[str, Any]:
    """JSON-ready. Nothing of who decided, and no note: those are for colleagues."""
    return {
        "id": str(appeal.id),
        "submission": str(appeal.submission_id) if appeal.submission_id else None,
        "measure": str(appeal.measure_id) if appeal.measure_id else None,
        "status": appeal.outcome,
        "made_at": moment(appeal.made_at),
        "due_at": moment(appeal.due_at),
        "decided_at": moment(appeal.decided_at),
        "feedback": appeal.feedback,
    }
