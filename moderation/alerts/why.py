"""Why there may be a burst, in plain words, from how it spreads. A guess that says what it rests on. No Django here."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

MOST = 0.8
FEW_AUTHORS = 5


@dataclass(frozen=True)
class Spread:
    """Of the uploads of a burst. Each table: (name, how many, its usual share of the app's uploads or None)."""

    total: int
    versions: Sequence[tuple[str, int, float | None]] = ()
    markets: Sequence[tuple[str, int, float | None]] = ()
    files: Sequence[tuple[str, int, float | None]] = ()
    authors: int = 0
    of_first_authors: int = 0  # how many come from the FEW_AUTHORS that sent most


def guess(spread: Spread, error: bool = False) -> list[str]:
    """Sentences, the likeliest first; never empty."""
    total = max(spread.total, 1)
    says = []
    if error:
        says.append(_("A detector fails: people get these because it could not look, not because something was found."))
    if spread.authors > 0 and spread.of_first_authors / total >= 0.5 and spread.authors < total / 2:
        few = min(spread.authors, FEW_AUTHORS)
        raid = ngettext(
            "One author sent %(n)d of %(total)d: perhaps a raid by a few.",
            "%(few)d authors sent %(n)d of %(total)d: perhaps a raid by a few.",
            few,
        )
        says.append(raid % {"few": few, "n": spread.of_first_authors, "total": total})
    if (version := _stands_out(spread.versions, total)) is not None:
        name, n, usual = version
        release = _("%(n)d of %(total)d come from version %(name)s, %(usual)s: perhaps something in that release.")
        says.append(release % {"n": n, "total": total, "name": name, "usual": _usual(usual)})
    if spread.files and spread.files[0][1] / total >= 0.5 and spread.authors > FEW_AUTHORS:
        same = _("%(n)d of %(total)d are the very same file, from many authors: a campaign, or a fault of the app.")
        says.append(same % {"n": spread.files[0][1], "total": total})
    if (market := _stands_out(spread.markets, total)) is not None:
        name, n, usual = market
        fair = _("%(n)d of %(total)d come from %(name)s, %(usual)s: perhaps a fair or a holiday there.")
        says.append(fair % {"n": n, "total": total, "name": name, "usual": _usual(usual)})
    nothing = _(
        "%(n)d authors, no version, market or file stands out: perhaps an event that many saw, or a detector that "
        "has changed."
    )
    return says or [nothing % {"n": spread.authors}]


def _stands_out(rows: Sequence[tuple[str, int, float | None]], total: int) -> tuple[str, int, float | None] | None:
    """The first row when it has most of the burst and usually does not."""
    if not rows or not rows[0][0]:
        return None
    _name, n, usual = rows[0]
    return rows[0] if n / total >= MOST and (usual is None or usual < 0.6) else None


def _usual(share: float | None) -> str:
    if share is None:
        return _("of which the past says nothing yet")
    return _("which usually sends %(share)s") % {"share": f"{share:.0%}"} if share else _("which was not there before")
