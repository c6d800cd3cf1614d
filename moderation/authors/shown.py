"""One author as a page shows it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from brickmod.access.models import App
from moderation.authors.actions import steps_for
from moderation.authors.door import in_force
from moderation.authors.history import WORDS
from moderation.authors.models import Author, Measure, Strike
from moderation.authors.standing import total, weight
from moderation.feedback.models import Reason
from moderation.intake.models import State, Submission

FOUND = 50  # in a search
LAST = 40  # submissions on an author's line


@dataclass(frozen=True)
class StrikeLine:
    strike: Strike
    title: str
    weighs: float  # today
    share: int  # of its first weight, in per cent


@dataclass(frozen=True)
class Sent:
    id: UUID
    at: datetime
    word: str
    shape: str
    reasons: str


@dataclass(frozen=True)
class Line:
    """`next_step`: what would follow, and how many points are missing; None when nothing harder is named."""

    app: App
    name: str
    author: Author | None
    points: float
    strikes: tuple[StrikeLine, ...]
    measures: tuple[Measure, ...]
    standing: tuple[Measure, ...]
    next_step: tuple[float, str] | None
    sent: tuple[Sent, ...]
    counts: dict[str, int]


def line(app: App, name: str) -> Line:
    now = timezone.now()
    author = Author.objects.filter(app=app, name=name).first()
    titles = {code: _(title) for code, title in Reason.objects.values_list("code", "title")}
    strikes = list(author.strikes.select_related("struck_by")) if author else []
    counting = [one for one in strikes if not one.withdrawn_at and one.counts_from <= now]
    points = total(counting, now)
    rows = Submission.objects.filter(app=app, author=name)
    states = list(rows.order_by("-received_at").values_list("state", flat=True)[:1000])
    return Line(
        app=app,
        name=name,
        author=author,
        points=points,
        strikes=tuple(_strike(one, titles, now) for one in strikes),
        measures=tuple(author.measures.select_related("asked_by", "agreed_by", "ended_by")) if author else (),
        standing=tuple(in_force(app, name, now)),
        next_step=_next(points, author.market if author else ""),
        sent=tuple(_sent(one, titles) for one in rows.exclude(state=State.WITHDRAWN).order_by("-received_at")[:LAST]),
        counts={_(WORDS[state]): states.count(state) for state in State.values if state in states},
    )


def _strike(one: Strike, titles: dict[str, str], now: datetime) -> StrikeLine:
    left = 0.0 if one.withdrawn_at else weight(one, now)
    share = round(100 * left / one.points) if one.points else 0
    return StrikeLine(one, titles.get(one.reason, one.reason), left, share)


def _next(points: float, market: str) -> tuple[float, str] | None:
    ahead = [step for step in steps_for(market) if step.at > points]
    if not ahead:
        return None
    step = min(ahead, key=lambda step: step.at)
    what = step.get_follows_display()
    if step.days:
        days = ngettext("%(what)s for %(n)d day", "%(what)s for %(n)d days", step.days)
        what = days % {"what": what, "n": step.days}
    return round(step.at - points, 2), what


def _sent(row: Submission, titles: dict[str, str]) -> Sent:
    shape = {State.APPROVED: "yes", State.REJECTED: "no"}.get(row.state, "open")  # type: ignore[call-overload]
    reasons = ", ".join(titles.get(reason["code"], reason["code"]) for reason in row.reasons)
    by_prefilter = row.decided_by == "prefilter" and row.state == State.REJECTED
    word = _("rejected by the prefilter") if by_prefilter else _(WORDS[row.state])
    return Sent(row.id, row.received_at, word, shape, reasons)


def search(words: str, app: App | None = None) -> list[dict[str, Any]]:
    """Authors whose pseudonym begins with `words`: from what was sent, and of whom something is remembered."""
    of_app = {"app": app} if app else {}
    words = words.strip()
    if not words:
        return []
    begins = Q(author=words) | Q(author__startswith=words)
    sent = Submission.objects.filter(begins, **of_app).exclude(state=State.WITHDRAWN)
    pairs = dict.fromkeys(sent.order_by("author").values_list("app_id", "author").distinct()[:FOUND])
    known = Author.objects.filter(name__startswith=words, **of_app).order_by("name")
    pairs |= dict.fromkeys(known.values_list("app_id", "name")[:FOUND])
    apps = App.objects.in_bulk({app_id for app_id, _ in pairs})
    return [_found(apps[app_id], name) for app_id, name in list(pairs)[:FOUND]]


def _found(app: App, name: str) -> dict[str, Any]:
    return {"app": app, "name": name, "standing": in_force(app, name)}


def to_agree() -> list[Measure]:
    return list(Measure.objects.proposed().select_related("author__app", "asked_by").order_by("made_at")[:FOUND])


def held() -> list[Measure]:
    """What is in force now, newest first."""
    return list(Measure.objects.in_force().select_related("author__app").order_by("-since")[:FOUND])
