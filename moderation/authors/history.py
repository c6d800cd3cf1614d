"""What an author sent before, in one line: the app's pseudonym is all that we know of a child."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as N_
from django.utils.translation import ngettext

from moderation.intake.models import DecidedBy, State, Submission

SQUARES = 12
LOOK_BACK = 200  # beyond this the line says "more than": older ones tell little of today

WORDS: dict[str, str] = {
    State.APPROVED: N_("approved"),
    State.REJECTED: N_("rejected"),
    State.QUEUED: N_("waiting"),
    State.ANALYSING: N_("being looked at"),
    State.WITHDRAWN: N_("withdrawn"),
}


@dataclass(frozen=True)
class Square:
    """One earlier submission. `shape` is what is drawn, `word` what it means."""

    id: UUID
    state: str
    by: str | None
    at: datetime
    codes: tuple[str, ...]

    @property
    def shape(self) -> str:
        if self.state == State.REJECTED:
            return "no" if self.by == DecidedBy.MODERATOR else "no-prefilter"
        return {State.APPROVED: "yes", State.WITHDRAWN: "gone"}.get(self.state, "open")  # type: ignore[call-overload]

    @property
    def word(self) -> str:
        return _("rejected by the prefilter") if self.shape == "no-prefilter" else _(WORDS[self.state])


@dataclass(frozen=True)
class History:
    """`squares` are the last SQUARES, oldest first; the counts are of the last LOOK_BACK."""

    squares: tuple[Square, ...]
    earlier: int
    approved: int
    rejected: int
    last_rejection: Square | None

    @property
    def more(self) -> bool:
        return self.earlier >= LOOK_BACK

    @property
    def sentence(self) -> str:
        """For who cannot see the squares: "12 earlier: 11 approved, 1 rejected"."""
        if not self.earlier:
            return _("Nothing earlier")
        open_ = self.earlier - self.approved - self.rejected
        counts = [
            ngettext("%(n)d approved", "%(n)d approved", self.approved) % {"n": self.approved},
            ngettext("%(n)d rejected", "%(n)d rejected", self.rejected) % {"n": self.rejected},
            *([ngettext("%(n)d open", "%(n)d open", open_) % {"n": open_}] if open_ else []),
        ]
        earlier = f"{self.earlier}{'+' if self.more else ''}"
        return _("%(earlier)s earlier: %(counts)s") % {"earlier": earlier, "counts": ", ".join(counts)}


def history(submission: Submission) -> History:
    """The author's earlier submissions in the same app: one query over the index (app, author, -received_at)."""
    rows: list[tuple[Any, ...]] = list(
        Submission.objects.filter(
            app_id=submission.app_id, author=submission.author, received_at__lte=submission.received_at
        )
        .exclude(id=submission.id)
        .exclude(held=True)
        .order_by("-received_at")
        .values_list("id", "state", "decided_by", "received_at", "decided_at", "reasons")[:LOOK_BACK]
    )
    squares = [
        Square(id, state, by, decided or received, tuple(reason["code"] for reason in reasons))
        for id, state, by, received, decided, reasons in rows
    ]
    rejected = [square for square in squares if square.state == State.REJECTED]
    return History(
        squares=tuple(reversed(squares[:SQUARES])),
        earlier=len(squares),
        approved=sum(square.state == State.APPROVED for square in squares),
        rejected=len(rejected),
        last_rejection=rejected[0] if rejected else None,
    )
