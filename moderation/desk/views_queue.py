"""The table of what waits."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from brickmod.web.guards import needs
from moderation.desk import why
from moderation.desk.door import SEE
from moderation.desk.markets import language_name, market_name
from moderation.desk.queue import PAGE, counts, submissions
from moderation.desk.shown import Due, due_of
from moderation.intake.models import PartKind, Submission


@dataclass(frozen=True)
class Row:
    submission: Submission
    due: Due | None
    market: str
    language: str
    parts: str
    why: str
    age: str
    holder: str


@never_cache
@require_GET
@needs(SEE)
def queue(request: HttpRequest) -> HttpResponse:
    """Sorted by due time, PAGE rows from a cursor on. `?rows` answers with the part that is refreshed alone."""
    now = timezone.now()
    after = _after(request.GET.get("after", ""))
    found = list(submissions().page(after)[: PAGE + 1])
    more = found[PAGE - 1] if len(found) > PAGE else None
    context: dict[str, Any] = {
        "rows": [_row(submission, now) for submission in found[:PAGE]],
        "counts": counts(now),
        "at": now,
        "first": after is None,
        "cursor": request.GET.get("after", "") if after else "",
        "next": _cursor(more) if more else "",
    }
    return render(request, f"moderation/desk/{'_rows' if 'rows' in request.GET else 'queue'}.html", context)


def _row(submission: Submission, now: datetime) -> Row:
    parts = list(submission.parts.all())
    claim = getattr(submission, "claim", None)
    live = claim is not None and claim.leased_until > now
    return Row(
        submission=submission,
        due=due_of(submission, now),
        market=market_name(submission.market),
        language=language_name(submission.language),
        parts=_parts([part.kind for part in parts]),
        why=why.short(parts),
        age=_age(int((now - submission.received_at).total_seconds())),
        holder=(claim.moderator.get_full_name() or claim.moderator.get_username()) if claim and live else "",
    )


def _parts(kinds: list[str]) -> str:
    """ "2 pictures, text" """
    pictures, videos = kinds.count(PartKind.IMAGE), kinds.count(PartKind.VIDEO)
    words = [f"{n} {word}{'s' if n > 1 else ''}" for n, word in ((pictures, "picture"), (videos, "video")) if n]
    return ", ".join(words + (["text"] if PartKind.TEXT in kinds else []))


def _age(seconds: int) -> str:
    if seconds < 3600:
        return f"{seconds // 60} min"
    return f"{seconds // 3600} h {seconds % 3600 // 60:02}" if seconds < 86400 else f"{seconds // 86400} d"


def _cursor(submission: Submission) -> str:
    return f"{submission.review_due_at.isoformat()},{submission.id}" if submission.review_due_at else ""


def _after(cursor: str) -> tuple[datetime, UUID] | None:
    """A cursor that cannot be read begins at the top."""
    due, _, id = cursor.partition(",")
    try:
        at = parse_datetime(due)
        return (at, UUID(id)) if at is not None and at.tzinfo else None
    except ValueError:
        return None
