"""When a task is trained again without anybody asking. Pure: figures in, yes or no and why out."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta

DRIFT_WINDOW = timedelta(days=7)  # what a drift test calls "now"


@dataclass(frozen=True)
class Rules:
    """What somebody asked for. `days` after the last training; quiet hours in UTC, over midnight when from > to."""

    on: bool = True
    new_labels: int = 500
    rare_labels: int = 50
    days: int = 1
    quiet_from: time | None = None
    quiet_to: time | None = None
    on_drift: bool = True
    changed_at: datetime | None = None


@dataclass(frozen=True)
class Tried:
    """The last training. `labels`: how many there were of each value, None when it did not come to read them."""

    at: datetime
    failed: bool
    labels: Mapping[str, int] | None


@dataclass(frozen=True)
class Known:
    """What is so at `now`. `labels`: of each value, now; `learned`: when the newest version was trained (empty for
    one that was not trained here). `drifted`: what did, in words, "" for nothing. `under_way`: it is being trained."""

    now: datetime
    labels: Mapping[str, int]
    learned: Mapping[str, int] = field(default_factory=dict)
    last: Tried | None = None
    drifted: str = ""
    under_way: bool = False


@dataclass(frozen=True)
class Choice:
    """`train`, and a sentence that says why or why not."""

    train: bool
    why: str


def choose(rules: Rules, known: Known) -> Choice:
    """The cheap reasons for no come first; `may_begin` has those that need no counting."""
    no = may_begin(rules, known)
    if no:
        return Choice(False, no)
    new = fresh(known.labels, known.learned)
    if known.last and known.last.failed and not _changed_since(rules, known.last):
        since = fresh(known.labels, known.last.labels or known.learned)
        if not _enough(rules, since):
            # The same data would fail the same way, and every try is an alert that somebody has to read.
            return Choice(False, f"The last training failed; since then {_said(rules, since)}.")
    if _enough(rules, new):
        return Choice(True, f"There are {_said(rules, new)} since the last version.")
    if rules.on_drift and known.drifted:
        if known.last is None or known.now - known.last.at >= DRIFT_WINDOW:
            return Choice(True, f"{known.drifted} drifted.")
        # The week in which it drifted overlaps with what was learned from: a training would see little that is new.
        return Choice(False, f"{known.drifted} drifted, and it was trained less than {DRIFT_WINDOW.days} days ago.")
    return Choice(False, f"There are {_said(rules, new)} since the last version.")


def may_begin(rules: Rules, known: Known) -> str:
    """Why a training may not begin now whatever the labels are, "" when it may."""
    if not rules.on:
        return "It is switched off."
    if known.under_way:
        return "It is being trained."
    if quiet(rules, known.now.time()):
        return f"These are quiet hours: {rules.quiet_from:%H:%M} to {rules.quiet_to:%H:%M} UTC."
    if known.last and known.now - known.last.at < timedelta(days=rules.days):
        days = f"{rules.days} day" + ("s" if rules.days != 1 else "")
        return f"It was trained less than {days} ago."
    return ""


def quiet(rules: Rules, at: time) -> bool:
    """From `quiet_from` on, until before `quiet_to`. The same time twice, or one alone, is no quiet at all."""
    start, end = rules.quiet_from, rules.quiet_to
    if start is None or end is None:
        return False
    if start <= end:
        return start <= at < end
    return at >= start or at < end


def fresh(now: Mapping[str, int], then: Mapping[str, int]) -> dict[str, int]:
    """How many more there are of each value. Fewer (some were erased, or are seen otherwise now) is none."""
    return {value: max(0, now.get(value, 0) - then.get(value, 0)) for value in sorted({*now, *then})}


def rare(new: Mapping[str, int]) -> int:
    """How many there are of the rarest value; 0 as long as there is one value alone."""
    return min(new.values()) if len(new) > 1 else 0


def _enough(rules: Rules, new: Mapping[str, int]) -> bool:
    whole = sum(new.values())
    return whole > 0 and whole >= rules.new_labels and rare(new) >= rules.rare_labels


def _said(rules: Rules, new: Mapping[str, int]) -> str:
    return (
        f"{sum(new.values())} new labels (asked for: {rules.new_labels}), {rare(new)} of the rarest answer "
        f"(asked for: {rules.rare_labels})"
    )


def _changed_since(rules: Rules, last: Tried) -> bool:
    return bool(rules.changed_at and rules.changed_at > last.at)
