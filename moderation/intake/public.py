"""What an app may know of its submission: the shape of the API's answers and of the webhooks' data."""

from datetime import UTC, datetime
from typing import Any

from moderation.intake.models import State, Submission


def public(submission: Submission, findings: bool = False, at: datetime | None = None) -> dict[str, Any]:
    """The submission as JSON-ready data, as it reads at the time `at` (now): a decision that can still be undone
    does not show. With `findings`, what the champions said (prefetch `parts__findings` first)."""
    state = submission.public_state(at)
    held = state == State.QUEUED and submission.state != State.QUEUED
    data: dict[str, Any] = {
        "id": str(submission.id),
        "external_id": submission.external_id,
        "status": state,
        "decided_by": None if held else submission.decided_by,
        "reasons": [] if held else submission.reasons,
        "feedback": "" if held else submission.feedback,
        "received_at": _time(submission.received_at),
        "prefiltered_at": _time(submission.prefiltered_at),
        "decided_at": None if held else _time(submission.decided_at),
        "review_due_at": _time(submission.review_due_at),
    }
    if findings:
        parts = [] if submission.held else submission.parts.all()
        data["findings"] = [_finding(part, found) for part in parts for found in part.findings.all()]
    return data


def _finding(part: Any, found: Any) -> dict[str, Any]:
    return {
        "part": part.name,
        "kind": part.kind,
        "detector": found.detector,
        "model_version": found.model_version,
        "alias": found.alias,
        "score": found.score,
        "threshold": found.threshold,
        "verdict": found.verdict,
        "evidence": found.evidence,
        "ms": found.ms,
    }


def _time(value: datetime | None) -> str | None:
    """RFC 3339 in UTC."""
    return value.astimezone(UTC).isoformat().replace("+00:00", "Z") if value else None
