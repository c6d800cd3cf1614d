"""In words: are the due times kept, if not why not, and what helps. No Django here."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Now:
    """`arrived`, `decided`: in the last whole hour; `foreseen_high`: the most arrivals that were to be expected in it.
    `unread`: languages in which something is late and which nobody on shift reads."""

    waiting: int
    late: int
    soon: int
    people: int
    needed: int | None
    arrived: int
    decided: int
    foreseen_high: float | None
    unread: Sequence[str]


@dataclass(frozen=True)
class Said:
    tone: str  # "good", "warn", "bad"
    headline: str
    why: tuple[str, ...]
    do: tuple[str, ...]


def say(now: Now) -> Said:
    if now.late:
        tone, headline = "bad", f"{now.late:,} of {now.waiting:,} {_wait(now.waiting)} longer than promised."
    elif now.soon:
        tone, headline = "warn", f"Nothing is late; {now.soon:,} {'is' if now.soon == 1 else 'are'} due soon."
    elif now.waiting:
        tone, headline = "good", f"In time: {now.waiting:,} {_wait(now.waiting)}, and nothing is due soon."
    else:
        return Said("good", "Nothing waits.", (), ())
    if not (now.late or now.soon):
        return Said(tone, headline, (), ())
    why, do = [], []
    if not now.people:
        why.append("Nobody is on shift.")
    if now.foreseen_high is not None and now.arrived > now.foreseen_high:
        why.append(
            f"{now.arrived:,} arrived for people in the last hour; at most {now.foreseen_high:,.0f} were foreseen."
        )
        do.append("See in the queue whether they have something in common: an app's version, a picture, a campaign.")
    elif now.decided < now.arrived:
        why.append(f"In the last hour {now.arrived:,} arrived for people and {now.decided:,} were decided.")
    if now.needed is not None and now.people < now.needed:
        why.append(f"{now.people} on shift, {now.needed} needed.")
        do.append(f"Call in {now.needed - now.people} more, or let another queue rest.")
    if now.unread:
        why.append(f"Nobody on shift says that they read {', '.join(now.unread)}.")
        do.append("Find somebody who reads it, or pass it on to a queue where somebody does.")
    if not why:
        why.append("There are people enough: it should be made up within the hour.")
    elif not do and now.people:
        do.append("There are people enough on shift: ask what holds them up.")
    return Said(tone, headline, tuple(why), tuple(do))


def _wait(n: int) -> str:
    return "waits" if n == 1 else "wait"
