"""In words: are the due times kept, if not why not, and what helps. Computed from figures alone."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext


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
    late, waiting, soon, arrived = (f"{n:,}" for n in (now.late, now.waiting, now.soon, now.arrived))
    if now.late:
        says = ngettext(
            "%(late)s of %(waiting)s waits longer than promised.",
            "%(late)s of %(waiting)s wait longer than promised.",
            now.waiting,
        )
        tone, headline = "bad", says % {"late": late, "waiting": waiting}
    elif now.soon:
        says = ngettext("Nothing is late; %(n)s is due soon.", "Nothing is late; %(n)s are due soon.", now.soon)
        tone, headline = "warn", says % {"n": soon}
    elif now.waiting:
        says = ngettext(
            "In time: %(n)s waits, and nothing is due soon.",
            "In time: %(n)s wait, and nothing is due soon.",
            now.waiting,
        )
        tone, headline = "good", says % {"n": waiting}
    else:
        return Said("good", _("Nothing waits."), (), ())
    if not (now.late or now.soon):
        return Said(tone, headline, (), ())
    why, do = [], []
    if not now.people:
        why.append(_("Nobody is on shift."))
    if now.foreseen_high is not None and now.arrived > now.foreseen_high:
        says = _("%(n)s arrived for people in the last hour; at most %(high)s were foreseen.")
        why.append(says % {"n": arrived, "high": f"{now.foreseen_high:,.0f}"})
        do.append(_("See in the queue whether they have something in common: an app's version, a picture, a campaign."))
    elif now.decided < now.arrived:
        says = _("In the last hour %(n)s arrived for people and %(decided)s were decided.")
        why.append(says % {"n": arrived, "decided": f"{now.decided:,}"})
    if now.needed is not None and now.people < now.needed:
        why.append(_("%(n)d on shift, %(needed)d needed.") % {"n": now.people, "needed": now.needed})
        do.append(_("Call in %(n)d more, or let another queue rest.") % {"n": now.needed - now.people})
    if now.unread:
        why.append(_("Nobody on shift says that they read %(languages)s.") % {"languages": ", ".join(now.unread)})
        do.append(_("Find somebody who reads it, or pass it on to a queue where somebody does."))
    if not why:
        why.append(_("There are people enough: it should be made up within the hour."))
    elif not do and now.people:
        do.append(_("There are people enough on shift: ask what holds them up."))
    return Said(tone, headline, tuple(why), tuple(do))
