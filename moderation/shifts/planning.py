"""From what was counted to what comes: the next hours, how long one takes, how many people that needs."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

from featurestore.compare.cost import Costs
from moderation.shifts.asked import Asked
from moderation.shifts.counting import hour_of
from moderation.shifts.forecast import foresee
from moderation.shifts.live import Live
from moderation.shifts.reading import Sums
from moderation.shifts.staffing import Needed, needed

PAST = timedelta(weeks=8)
AHEAD = 12
FEWEST_TIMED = 30  # decisions from which the time that one takes is known well enough
MEASURED_OVER = timedelta(days=28)


@dataclass(frozen=True)
class Coming:
    """The next hour of the clock and those after it; `most`: people who would do at the upper end of the interval."""

    at: datetime
    mean: float
    low: float
    high: float
    people: Needed
    most: Needed


@dataclass(frozen=True)
class Plan:
    """`seconds`: how long one takes; `measured`: of so many decisions, 0 when it is only assumed. `last`: of the last
    whole hour, what arrived for people, what was decided, and the most that would have been foreseen of it."""

    seconds: float
    measured: int
    target: float
    coming: tuple[Coming, ...]
    last: tuple[int, int, float | None]


def plan(asked: Asked, past: Mapping[datetime, Sums], live: Live) -> Plan:
    """`past`: the hours since PAST."""
    seconds, measured = handling(past, asked.now)
    this = hour_of(asked.now)
    counts, first = _whole_hours(past, this)
    target = live.due_minutes * 60 - seconds
    ahead = foresee(counts, _hour_of_week(first), AHEAD + 1)
    coming = []
    if ahead is not None:
        for n in range(AHEAD + 1):
            # What waits now is work of this hour, on top of what arrives.
            waiting = live.all.n if n == 0 else 0
            mean, low, high = float(ahead.mean[n]), float(ahead.low[n]), float(ahead.high[n])
            people, most = (needed(rate + waiting, seconds, target) for rate in (mean, high))
            coming.append(Coming(this + timedelta(hours=n), mean, low, high, people, most))
    before = foresee(counts[:-1], _hour_of_week(first), 1) if len(counts) else None
    last = past.get(this - timedelta(hours=1), Sums())
    return Plan(
        seconds,
        measured,
        max(0.0, target),
        tuple(coming),
        (last.for_people, last.decided, float(before.high[0]) if before else None),
    )


def handling(past: Mapping[datetime, Sums], now: datetime) -> tuple[float, int]:
    """(mean seconds a decision takes, of how many): of the last weeks, or while there are few, what a look is said to
    take in the house's unit costs, and 0."""
    recent = [hour for at, hour in past.items() if at >= now - MEASURED_OVER]
    n = sum(hour.timed for hour in recent)
    if n < FEWEST_TIMED:
        return Costs().look_seconds, 0
    return max(1.0, sum(hour.seconds for hour in recent) / n), n


def _whole_hours(past: Mapping[datetime, Sums], end: datetime) -> tuple[np.ndarray, datetime]:
    """What arrived for people in each whole hour before `end`, from the first of which anything is known."""
    known = [at for at in past if at < end]
    first = min(known, default=end)
    n = round((end - first) / timedelta(hours=1))
    hours = [past.get(first + timedelta(hours=k)) for k in range(n)]
    return np.array([hour.for_people if hour else 0 for hour in hours], np.int64), first


def _hour_of_week(at: datetime) -> int:
    return at.weekday() * 24 + at.hour
