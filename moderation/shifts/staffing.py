"""How many people keep a due time: Erlang C (A. K. Erlang 1917; M/M/N, nobody gives up waiting). No Django here.

What arrives at the desk does not hang up, comes by chance, and goes to whoever is free: that is this model. People
differ and creations come in bursts, so its answer is a beginning, not a promise.
"""

from dataclasses import dataclass
from math import ceil, exp

BUSY = 0.85  # of the time at most: who decides without a pause decides worse
IN_TIME = 0.95
MOST = 10_000


@dataclass(frozen=True)
class Needed:
    """`in_time`: the share that is decided within the target; `busy`: of the time that people decide."""

    people: int
    in_time: float
    busy: float


def must_wait(people: int, load: float) -> float:
    """The chance that what arrives finds everybody busy. `load` in Erlang: arrivals a second times seconds each.

    By Erlang B's recursion, which neither overflows nor loses figures. 1 where people cannot keep up.
    """
    if people <= load:
        return 1.0
    blocked = 1.0
    for n in range(1, people + 1):
        blocked = load * blocked / (n + load * blocked)
    return blocked / (1 - load / people * (1 - blocked))


def in_time(people: int, per_hour: float, seconds: float, target: float) -> float:
    """The share that is begun within `target` seconds, when each takes `seconds`."""
    load = per_hour / 3600 * seconds
    if load == 0:
        return 1.0
    if people <= load:
        return 0.0
    return 1 - must_wait(people, load) * exp(-(people - load) * max(target, 0.0) / seconds)


def needed(per_hour: float, seconds: float, target: float, share: float = IN_TIME, busy: float = BUSY) -> Needed:
    """The fewest people with whom `share` is begun within `target` seconds and nobody is busy longer than `busy`.

    `per_hour` >= 0, `seconds` > 0 each. Raises ValueError for others, and beyond MOST people.
    """
    if per_hour < 0 or seconds <= 0 or not 0 < share < 1 or not 0 < busy <= 1:
        raise ValueError("arrivals of 0 or more, a time above 0, shares between 0 and 1")
    load = per_hour / 3600 * seconds
    if load == 0:
        return Needed(0, 1.0, 0.0)
    people = max(1, ceil(load / busy - 1e-9))
    while people <= MOST:
        if load < people and (found := in_time(people, per_hour, seconds, target)) >= share:
            return Needed(people, found, load / people)
        people += 1
    raise ValueError(f"more than {MOST} people")
