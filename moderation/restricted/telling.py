"""What is put into a case's record: everything that is known of the submission, before its rows go.

Rooms above add what they know; they join when Django starts, so that this room need not know them.
"""

from collections.abc import Callable
from typing import Any

from moderation.intake.models import Submission

Hook = Callable[[Submission], dict[str, Any]]
_hooks: list[Hook] = []


def on_record(hook: Hook) -> Hook:
    """Register a function whose JSON values go into the record."""
    if hook not in _hooks:
        _hooks.append(hook)
    return hook


def told_of(submission: Submission) -> dict[str, Any]:
    parts = submission.parts.prefetch_related("findings").order_by("kind", "position")
    told: dict[str, Any] = {
        "submission": str(submission.id),
        "app": submission.app.slug,
        "external_id": submission.external_id,
        "author": submission.author,
        "market": submission.market,
        "language": submission.language,
        "app_version": submission.app_version,
        "received_at": submission.received_at.isoformat(),
        "trail": str(submission.trail),
        "parts": [
            {
                "part": part.name,
                "kind": part.kind,
                "text": part.text,
                "sha256_as_sent": part.digest,
                "size": [part.width, part.height],
                "seconds": part.seconds,
                "findings": [
                    {
                        "detector": found.detector,
                        "version": found.model_version,
                        "verdict": found.verdict,
                        "reason": found.reason,
                        "score": found.score,
                    }
                    for found in part.findings.all()
                ],
            }
            for part in parts
        ],
    }
    for hook in _hooks:
        told |= hook(submission)
    return told
