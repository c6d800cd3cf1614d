"""Strikes, and what follows from them. One function a verb, one transaction a function; what people do about a
measure is in measures.py.

Strikes come from people's rejections alone: a detector's never count. What would hit hardest is only proposed, and
another person has to agree (the database holds this too).
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from brickmod.access.audit import record
from brickmod.access.models import App, Verb
from brickmod.outbox.actions import emit
from brickmod.outbox.models import EventType
from moderation.authors.models import (
    OPEN,
    STRENGTH,
    Author,
    End,
    Follows,
    Measure,
    MeasureState,
    Step,
    Strike,
    StrikeRule,
)
from moderation.authors.standing import step_at, total
from moderation.authors.told import flagged
from moderation.feedback.texts import current_policy
from moderation.intake.models import Submission

SWEPT = 200  # authors in one sweep


def strike(
    submission: Submission, decision: UUID, codes: Sequence[str], policy: int, by: Any, counts_from: datetime
) -> Strike | None:
    """A person rejected `submission` (in the caller's transaction). The heaviest of its reasons counts, once.

    Until `counts_from` it can go with its decision (`unstrike`), and nothing follows from it. None: no reason weighs.
    """
    rule = heaviest(codes, submission.market)
    if rule is None:
        return None
    author = author_of(submission.app, submission.author)
    Author.objects.filter(id=author.id).update(market=submission.market, language=submission.language)
    return Strike.objects.create(
        author=author,
        submission=submission,
        decision=decision,
        struck_by=by,
        reason=rule.reason_id,
        policy=policy,
        points=rule.points,
        half_life_days=rule.half_life_days,
        expires_days=rule.expires_days,
        at=timezone.now(),
        counts_from=counts_from,
    )


def heaviest(codes: Sequence[str], market: str) -> StrikeRule | None:
    rules: dict[str, StrikeRule] = {}
    for rule in StrikeRule.objects.filter(reason_id__in=codes, market__in=("", market)).order_by("market"):
        rules[rule.reason_id] = rule  # "" comes first, so the market's own stays
    weighing = [rules[code] for code in codes if code in rules and rules[code].points > 0]
    return max(weighing, key=lambda rule: rule.points, default=None)


def author_of(app: App, name: str) -> Author:
    return Author.objects.get_or_create(app=app, name=name)[0]


def unstrike(decision: UUID) -> int:
    """The decision was undone before anybody heard of it: so is its strike (in the caller's transaction)."""
    return Strike.objects.filter(decision=decision, weighed_at=None).delete()[0]


@transaction.atomic
def withdraw_strike(decision: UUID, because: str, by: Any = None) -> int:
    """The decision was overturned. Measures that the remaining strikes no longer carry end. Returns how many ended."""
    found = Strike.objects.filter(decision=decision, withdrawn_at=None).select_related("author").first()
    if found is None:
        return 0
    author = _locked(found.author_id)
    now = timezone.now()
    Strike.objects.filter(id=found.id).update(withdrawn_at=now, withdrawn_because=because[:200])
    points = points_of(author, now)
    ended = 0
    for measure in Measure.objects.filter(author=author, state__in=OPEN, points__gt=0):
        if points < _needed(measure, author):
            end(measure, End.WITHDRAWN, now, by=by, because=because)
            ended += 1
    return ended


def _needed(measure: Measure, author: Author) -> float:
    """From how many points on this would follow today. What a step no longer names stays until a person lifts it."""
    return min((step.at for step in steps_for(author.market) if step.follows == measure.follows), default=0.0)


def points_of(author: Author, now: datetime | None = None) -> float:
    now = now or timezone.now()
    return total(Strike.objects.filter(author=author).counting(now), now)


def steps_for(market: str) -> list[Step]:
    steps = list(Step.objects.filter(market__in=("", market)))
    own = [step for step in steps if step.market]
    return own or steps


@transaction.atomic
def weigh(author_id: UUID) -> Measure | None:
    """Settle what follows from strikes that count by now. Safe to do again. Returns a measure that is new or longer.

    The author's row is locked, so two at once are one after the other, and the second finds nothing left to weigh.
    """
    now = timezone.now()
    author = _locked(author_id)
    fresh = list(Strike.objects.filter(author=author, weighed_at=None).counting(now).order_by("at"))
    if not fresh:
        return None
    Strike.objects.filter(id__in=[one.id for one in fresh]).update(weighed_at=now)
    points = points_of(author, now)
    step = step_at(points, steps_for(author.market))
    if step is None:
        return None
    standing = Strike.objects.filter(author=author).counting(now).order_by("at")
    reasons = list(dict.fromkeys(standing.values_list("reason", flat=True)))
    open_ones = {one.follows: one for one in Measure.objects.filter(author=author, state__in=OPEN)}
    if any(STRENGTH[follows] > STRENGTH[step.follows] for follows in open_ones):
        return None  # something harder holds already
    if there := open_ones.get(step.follows):
        return _longer(there, step, reasons, points, now)
    measure = Measure(
        author=author,
        follows=step.follows,
        days=step.days,
        a_day=step.a_day,
        reasons=reasons,
        points=points,
        policy=current_policy(),
        asked_by=fresh[-1].struck_by,
        state=MeasureState.PROPOSED if step.needs_person or step.follows == Follows.BAN else MeasureState.IN_FORCE,
    )
    if measure.state == MeasureState.IN_FORCE:
        begin(measure, now)
    measure.save(force_insert=True)
    tell(measure, {})
    return measure


def _longer(there: Measure, step: Step, reasons: list[str], points: float, now: datetime) -> Measure:
    """A strike more under the same measure: it lasts as long from now as the step says."""
    old = {"until": str(there.until), "points": there.points}
    there.reasons, there.points, there.days, there.a_day = reasons, points, step.days, step.a_day
    if there.state == MeasureState.IN_FORCE:
        there.until = _until(step.days, now)
    there.save(update_fields=["reasons", "points", "days", "a_day", "until"])
    tell(there, old)
    return there


def begin(measure: Measure, now: datetime) -> None:
    """Sets the fields of a measure that comes in force; the caller saves it."""
    measure.state, measure.since, measure.until = MeasureState.IN_FORCE, now, _until(measure.days, now)


def _until(days: int | None, now: datetime) -> datetime | None:
    return now + timedelta(days=days) if days else None


def end(measure: Measure, how: str, now: datetime, by: Any = None, because: str = "") -> None:
    """In the caller's transaction. Ending what has ended changes nothing."""
    was = measure.state
    if not Measure.objects.filter(id=measure.id, state__in=OPEN).update(
        state=MeasureState.ENDED, ended_at=now, ended_by=by, end=how, end_because=because[:300]
    ):
        return
    measure.refresh_from_db()
    tell(measure, {"state": was}, by)


def tell(measure: Measure, old: dict[str, Any], by: Any = None) -> None:
    """The trail, and the app: it hears of what is in force, and of its end; of what is only proposed it does not."""
    state = measure.end or measure.state
    new = {"follows": measure.follows, "state": state, "until": str(measure.until), "points": measure.points}
    record(Verb.MEASURE, "author", measure.author_id, user=by, old=old or None, new=new)
    if measure.state == MeasureState.PROPOSED or (measure.state == MeasureState.ENDED and measure.since is None):
        return
    until = f":{measure.until:%Y%m%dT%H%M%S}" if measure.until else ""
    key = f"author:{measure.id}:{state}{until}"
    data = flagged(measure, points_of(measure.author))
    emit(measure.author.app, EventType.AUTHOR_FLAGGED, key, measure.author_id, data)


def sweep() -> dict[str, int]:
    """Weigh what counts by now, end what is over. Every author in a transaction of its own; safe to do twice."""
    now = timezone.now()
    due = Strike.objects.counting(now).filter(weighed_at=None).values_list("author", flat=True).distinct()[:SWEPT]
    made = sum(weigh(author) is not None for author in list(due))
    over = Measure.objects.filter(state=MeasureState.IN_FORCE, until__lte=now).select_related("author__app")[:SWEPT]
    ended = 0
    for measure in over:
        with transaction.atomic():
            end(measure, End.EXPIRED, now)
            ended += 1
    return {"made": made, "ended": ended}


def _locked(author_id: UUID) -> Author:
    return Author.objects.select_for_update(of=("self",)).select_related("app").get(id=author_id)
