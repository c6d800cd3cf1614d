"""An alert as a page shows it."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Count
from django.utils import timezone
from django.utils.translation import gettext as _

from moderation.alerts import counts
from moderation.alerts.actions import examples_of
from moderation.alerts.bulk import UNDO_UNTIL, waiting
from moderation.alerts.models import Alert, Bulk, PartState
from moderation.alerts.why import Spread, guess
from moderation.desk.lanes import hidden_from
from moderation.desk.markets import market_name
from moderation.feedback.models import Reason
from moderation.intake.models import Part, Submission
from moderation.prefilter.models import Finding

TITLE = 60


def headline(alert: Alert, titles: dict[str, str]) -> str:
    """ "Bad picture, from version 5.3.1, in Denmark"."""
    if alert.digest:
        what = _("The same file again and again")
    elif not alert.detector:
        what = _("More uploads than ever at this time")
    elif alert.reason:
        what = titles.get(alert.reason, alert.reason)
    else:
        what = _("The detector %(name)s fails") % {"name": alert.detector}
    if alert.version:
        what = _("%(what)s, from version %(version)s") % {"what": what, "version": alert.version}
    if alert.market:
        what = _("%(what)s, in %(market)s") % {"what": what, "market": market_name(alert.market)}
    return what


@dataclass(frozen=True)
class Row:
    alert: Alert
    headline: str


def rows(found: list[Alert]) -> list[Row]:
    titles = {code: _(title) for code, title in Reason.objects.values_list("code", "title")}
    return [Row(alert, headline(alert, titles)) for alert in found]


@dataclass(frozen=True)
class Example:
    submission: Submission
    picture: Part | None
    text: str


@dataclass(frozen=True)
class Done:
    """A bulk action with how far it is."""

    bulk: Bulk
    total: int
    todo: int
    done: int
    left: int
    undone: int
    stays: int
    why_left: list[tuple[str, int]]
    undo_until: datetime | None


@dataclass(frozen=True)
class Whole:
    alert: Alert
    headline: str
    spread: Spread
    why: list[str]
    notes: list[tuple[str, int]]
    examples: list[Example]
    waiting: int
    until: datetime
    bulks: list[Done] = field(default_factory=list)

    @property
    def running(self) -> bool:
        return any(done.todo or (done.bulk.undone_at and done.done) for done in self.bulks)


def whole(alert: Alert, user: Any) -> Whole:
    members = counts.members(alert)
    how = counts.spread(alert, members)
    now = timezone.now()
    failing = bool(alert.detector and not alert.reason)
    notes: list[tuple[str, int]] = []
    if alert.detector:
        said = Finding.objects.filter(part__submission__in=members, detector=alert.detector, reason=alert.reason)
        said = said.filter(verdict__in=counts.FOUND).exclude(note="").order_by()
        notes = list(said.values_list("note").annotate(n=Count("id")).order_by("-n", "note")[:3])
    return Whole(
        alert,
        rows([alert])[0].headline,
        how,
        guess(how, failing),
        notes,
        [_example(one) for one in examples_of(alert, hidden_from(user))],
        waiting(alert, now).count(),
        now,
        [_done(bulk, user, now) for bulk in alert.bulks.select_related("by")],
    )


def _example(submission: Submission) -> Example:
    parts = list(submission.parts.all())
    texts = [part.text for part in parts if part.text]
    return Example(submission, next((part for part in parts if part.preview), None), texts[0][:TITLE] if texts else "")


def _done(bulk: Bulk, user: Any, now: datetime) -> Done:
    states = dict(bulk.parts.order_by().values_list("state").annotate(n=Count("id")))
    left = bulk.parts.filter(state__in=[PartState.LEFT, PartState.STAYS]).order_by()
    until = bulk.at + UNDO_UNTIL
    return Done(
        bulk,
        sum(states.values()),
        states.get(PartState.WAITS, 0),
        states.get(PartState.DONE, 0),
        states.get(PartState.LEFT, 0),
        states.get(PartState.UNDONE, 0),
        states.get(PartState.STAYS, 0),
        list(left.values_list("says").annotate(n=Count("id")).order_by("-n")),
        until if bulk.undone_at is None and bulk.by_id == user.pk and until > now else None,
    )
