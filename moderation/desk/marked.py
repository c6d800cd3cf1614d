"""What a person said of single parts: which reason holds for which, and where in it."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from moderation.desk.errors import BadMark
from moderation.desk.models import Decision, Outcome, PartDecision
from moderation.intake.models import Part, PartKind

BOX, SPAN = ("x", "y", "w", "h"), ("start", "end")
MOST = 100  # marks on one submission: more is no person's work


@dataclass(frozen=True)
class Mark:
    """One part, or a place in it. Without reasons it is what the whole decision's reasons hold for; `fine`: nothing is
    wrong with this part.

    `where`: None for all of it, a box {x, y, w, h} in shares of a picture, or a span {start, end} in characters.
    """

    part: UUID
    reasons: tuple[str, ...] = ()
    where: Mapping[str, float] | None = None
    fine: bool = False


def checked(marks: Iterable[Mark], parts: Collection[Part]) -> list[Mark]:
    """The marks, each on a part of these and within it. Raises BadMark."""
    mine = {part.id: part for part in parts}
    marks = list(marks)
    if len(marks) > MOST:
        raise BadMark(_("More than %(n)d marks.") % {"n": MOST})
    for mark in marks:
        if mark.part not in mine:
            raise BadMark(_("A mark is on a part of another submission. Reload the page."))
        if mark.fine and (mark.reasons or mark.where):
            raise BadMark(_("A part cannot be fine and rejected."))
        if mark.where is not None and not _within(mark.where, mine[mark.part]):
            raise BadMark(_("A mark lies outside of its part."))
    wrong = {mark.part for mark in marks if not mark.fine}
    if any(mark.fine and mark.part in wrong for mark in marks):
        raise BadMark(_("A part cannot be fine and rejected."))
    return marks


def reasons_of(marks: Iterable[Mark]) -> list[str]:
    return [code for mark in marks for code in mark.reasons]


def meant(marks: Iterable[Mark], codes: Sequence[str]) -> dict[str, set[UUID]]:
    """Reason -> the parts for which a person said that it holds. A mark without a reason of its own is meant by all."""
    found: dict[str, set[UUID]] = {}
    for mark in marks:
        for code in () if mark.fine else mark.reasons or codes:
            found.setdefault(code, set()).add(mark.part)
    return found


def fine(marks: Iterable[Mark]) -> set[UUID]:
    return {mark.part for mark in marks if mark.fine}


def picture_numbers(marks: Iterable[Mark], parts: Collection[Part]) -> list[int]:
    """The numbers, from 1, of the pictures that are marked; [] when there is but one to choose from."""
    pictures = {part.id: part.position + 1 for part in parts if part.kind == PartKind.IMAGE}
    named = {pictures[mark.part] for mark in marks if mark.part in pictures and not mark.fine}
    return sorted(named) if len(pictures) > 1 else []


def keep(decision: Decision, marks: Iterable[Mark], codes: Sequence[str]) -> None:
    """Write them beside the decision, in its transaction."""
    PartDecision.objects.bulk_create(
        PartDecision(
            decision=decision,
            part_id=mark.part,
            outcome=Outcome.APPROVE if mark.fine else Outcome.REJECT,
            reasons=[] if mark.fine else list(mark.reasons or codes),
            where=dict(mark.where) if mark.where is not None else None,
        )
        for mark in marks
    )


def read(raw: Any) -> Mark:
    """A mark from a page: {"part", "reasons": [..], "fine": bool, and x, y, w, h or start, end}. Raises BadMark."""
    try:
        where = None
        for names in (BOX, SPAN):
            if any(name in raw for name in names):
                where = {name: (float if names is BOX else int)(raw[name]) for name in names}
        reasons = raw.get("reasons", [])
        if not isinstance(reasons, list) or not all(isinstance(code, str) for code in reasons):
            raise BadMark(_("A mark could not be read."))
        return Mark(UUID(str(raw["part"])), tuple(reasons), where, bool(raw.get("fine")))
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError):
        raise BadMark(_("A mark could not be read.")) from None


def _within(where: Mapping[str, float], part: Part) -> bool:
    if set(where) == set(BOX):
        x, y, w, h = (where[name] for name in BOX)
        # Comparisons with NaN are false. A breath beyond the edge is rounding.
        return (
            part.kind != PartKind.TEXT and x >= 0 and y >= 0 and w > 0 and h > 0 and x + w <= 1.001 and y + h <= 1.001
        )
    if set(where) == set(SPAN):
        return part.kind == PartKind.TEXT and 0 <= where["start"] < where["end"] <= len(part.text)
    return False
