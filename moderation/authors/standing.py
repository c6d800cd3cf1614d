"""How much strikes weigh today, and what follows from that. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol, TypeVar

DAY = timedelta(days=1)


class Fading(Protocol):
    """What has a weight that fades: strikes."""

    points: float
    half_life_days: int
    expires_days: int
    at: datetime


class Reached(Protocol):
    at: float


Some = TypeVar("Some", bound=Reached)


@dataclass(frozen=True)
class Mark:
    points: float
    at: datetime
    half_life_days: int = 30
    expires_days: int = 180


def weight(mark: Fading, now: datetime) -> float:
    """Points that are left: half of them after each half-life, none after the last day. Before its day: all."""
    age = max(timedelta(0), now - mark.at)
    if age >= mark.expires_days * DAY:
        return 0.0
    return float(mark.points * 0.5 ** (age / (mark.half_life_days * DAY)))


def total(marks: Iterable[Fading], now: datetime) -> float:
    """Rounded, so that two strikes of one point at the same moment are two and not a hair less."""
    return round(sum(weight(mark, now) for mark in marks), 3)


def step_at(points: float, steps: Sequence[Some]) -> Some | None:
    """The highest step that `points` reach."""
    return max((step for step in steps if step.at <= points), key=lambda step: step.at, default=None)
