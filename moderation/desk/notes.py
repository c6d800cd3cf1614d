"""What colleagues left for whoever has a submission before them next."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from moderation.desk.models import Decision, Escalation, Park, Skip
from moderation.intake.models import Submission


@dataclass(frozen=True)
class Note:
    at: datetime
    who: str
    what: str
    says: str = ""


def notes(submission: Submission) -> list[Note]:
    """Oldest first: passed on, set aside, skipped for a reason, noted with a decision that was taken back."""
    by = submission.id
    found = [
        *(_note(one.at, one.moderator, _("passed it on"), one.note) for one in _of(Escalation, by)),
        *(_note(one.at, one.moderator, _("set it aside"), one.note) for one in _of(Park, by)),
        *(
            _note(one.at, one.moderator, _("skipped it"), one.get_why_display())
            for one in _of(Skip, by).exclude(why="")
        ),
        *(
            _note(one.decided_at, one.moderator, _("noted"), one.note)
            for one in _of(Decision, by).exclude(note="").filter(Q(undone_at__isnull=False))
        ),
    ]
    return sorted(found, key=lambda note: note.at)


def _of(model: Any, submission: Any) -> Any:
    return model.objects.filter(submission_id=submission).select_related("moderator")


def _note(at: datetime, who: Any, what: str, says: str) -> Note:
    return Note(at, who.get_full_name() or who.get_username(), what, says.strip())
