"""What another room puts between what waits: it looks like any other submission, and is none that waits.

Rooms above join here when Django starts, so that the desk need not know them. Nothing of this can become a decision:
what is put between does not wait, and `actions.decide` refuses it.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from moderation.desk.shown import Shown


class Between(Protocol):
    """`id` is the submission's, as the page has it."""

    def offer(self, user: Any, besides: Collection[UUID]) -> Shown | None:
        """Something to show now, which is none of `besides`; None: nothing, which is the usual answer."""

    def held(self, user: Any, ids: Collection[UUID]) -> list[UUID]:
        """Those of `ids` that were put before this person and not answered."""

    def answer(
        self, user: Any, id: UUID, outcome: str, reasons: Sequence[str], shown_at: datetime | None
    ) -> str | None:
        """What to say to the person, when it was ours; None: it was not."""

    def passed(self, user: Any, id: UUID) -> str | None:
        """The person skipped it, set it aside or passed it on. What to say, when it was ours; None: it was not."""

    def sealed(self, user: Any, id: UUID) -> bool:
        """Is this person deciding on it without knowing what became of it? Then they do not read it elsewhere."""


_rooms: list[Between] = []


def put_between(room: Between) -> None:
    if room not in _rooms:
        _rooms.append(room)


def offer(user: Any, besides: Collection[UUID]) -> Shown | None:
    return next((shown for room in _rooms if (shown := room.offer(user, besides)) is not None), None)


def held(user: Any, ids: Collection[UUID]) -> list[UUID]:
    return [id for room in _rooms for id in room.held(user, ids)] if ids else []


def answer(user: Any, id: UUID, outcome: str, reasons: Sequence[str], shown_at: datetime | None) -> str | None:
    said = (room.answer(user, id, outcome, reasons, shown_at) for room in _rooms)
    return next((one for one in said if one is not None), None)


def passed(user: Any, id: UUID) -> str | None:
    return next((one for room in _rooms if (one := room.passed(user, id)) is not None), None)


def sealed(user: Any, id: UUID) -> bool:
    return any(room.sealed(user, id) for room in _rooms)
