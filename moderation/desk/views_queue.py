"""The table of what waits."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from brickmod.web.guards import needs
from moderation.desk import why
from moderation.desk.door import SEE
from moderation.desk.lanes import hidden_from, open_to
from moderation.desk.markets import language_name, market_name
from moderation.desk.queue import PAGE, Cursor, counts, submissions
from moderation.desk.shown import Due, due_of
from moderation.intake.models import PartKind, Submission
from moderation.queues.due import Rules, rules


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
    queue: str
    away: datetime | None  # set aside until then


@never_cache
@require_GET
@needs(SEE)
def queue(request: HttpRequest) -> HttpResponse:
    """Sorted by due time, PAGE rows from a cursor on. `?rows` answers with the part that is refreshed alone."""
    now = timezone.now()
    after = _after(request.GET.get("after", ""))
    open_ = open_to(request.user)
    chosen = next((lane for lane in open_ if lane.slug == request.GET.get("queue")), None)
    slug = chosen.slug if chosen else None
    found = list(submissions().page(after, hidden_from(request.user), slug)[: PAGE + 1])
    more = found[PAGE - 1] if len(found) > PAGE else None
    due, names = rules(), {lane.slug: lane.name for lane in open_}
    context: dict[str, Any] = {
        "rows": [_row(submission, now, due, names) for submission in found[:PAGE]],
        "counts": counts(now, slug),
        "lanes": open_ if len(open_) > 1 else [],
        "chosen": chosen,
        "at": now,
        "first": after is None,
        "cursor": request.GET.get("after", "") if after else "",
        "next": _cursor(more) if more else "",
    }
    return render(request, f"moderation/desk/{'_rows' if 'rows' in request.GET else 'queue'}.html", context)


def _row(submission: Submission, now: datetime, rules: Rules, names: Mapping[str, str]) -> Row:
    parts = list(submission.parts.all())
    claim, away = getattr(submission, "claim", None), getattr(submission, "away", [])
    live = claim is not None and claim.leased_until > now
    return Row(
        submission=submission,
        due=due_of(submission, now, rules),
        queue=names.get(submission.queue, submission.queue),
        away=away[0].until if away else None,
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
    words = [
        *([ngettext("%(n)d picture", "%(n)d pictures", pictures) % {"n": pictures}] if pictures else []),
        *([ngettext("%(n)d video", "%(n)d videos", videos) % {"n": videos}] if videos else []),
        *([_("text")] if PartKind.TEXT in kinds else []),
    ]
    return ", ".join(words)


def _age(seconds: int) -> str:
    if seconds < 3600:
        return _("%(n)d min") % {"n": seconds // 60}
    if seconds < 86400:
        return f"{seconds // 3600} h {seconds % 3600 // 60:02}"
    return _("%(n)d d") % {"n": seconds // 86400}


def _cursor(submission: Any) -> str:
    due = submission.review_due_at
    return f"{submission.turn},{due.isoformat()},{submission.id}" if due else ""


def _after(cursor: str) -> Cursor | None:
    """A cursor that cannot be read begins at the top."""
    try:
        turn, due, id = cursor.split(",")
        at = parse_datetime(due)
        return (int(turn), at, UUID(id)) if at is not None and at.tzinfo and abs(int(turn)) < 2**62 else None
    except ValueError:
        return None
