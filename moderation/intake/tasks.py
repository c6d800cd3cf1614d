"""Ends what a crash interrupted."""

from celery import shared_task

from moderation.intake.actions import finish_erasure
from moderation.intake.models import State, Submission


@shared_task(name="moderation.intake.finish_erasures")
def finish_erasures() -> int:
    """Erase what was withdrawn and is still there. Returns how many."""
    rows = list(Submission.objects.filter(state=State.WITHDRAWN)[:200])
    for submission in rows:
        finish_erasure(submission)
    return len(rows)
