"""Who is turned away at the door. Other rooms say so; they join here when Django starts, so that intake need not know
them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from brickmod.access.models import App


@dataclass
class TurnedAway(Exception):
    """This upload is not taken. `code` is for the app, `feedback` for the child, in its language.

    `until` is when it may try again (None: nobody knows yet), `today`: it is only too much for now.
    """

    code: str
    detail: str
    feedback: str
    until: datetime | None = None
    today: bool = False


# Takes (app, author, market, language) of an upload that is new, and raises TurnedAway.
Guard = Callable[[App, str, str, str], None]
_guards: list[Guard] = []


def at_the_door(guard: Guard) -> Guard:
    """Register a function that is asked before anything of a new upload is read or stored."""
    if guard not in _guards:
        _guards.append(guard)
    return guard


def ask_guards(app: App, author: str, market: str, language: str) -> None:
    """Raises TurnedAway."""
    for guard in _guards:
        guard(app, author, market, language)
