"""Who serves: deploy, promote, roll back, hold, retire, and the two figures of a place. One transaction each.

What puts a head in charge is refused while MLflow does not answer. What takes one out of it is not: a head that
rejects what it should not has to go at once, and MLflow follows when it is back.
"""

from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError

from featurestore.encoders.base import ModelMissing
from featurestore.heads import alerts
from featurestore.heads.changing import Moved, change
from featurestore.heads.history import champions_before
from featurestore.heads.models import (
    CHALLENGERS,
    AlertKind,
    Alias,
    HeadVersion,
    Kind,
    PromotionEvent,
    Serving,
    Standing,
)
from featurestore.heads.places import Places, must_serve
from featurestore.heads.refusals import Refused
from featurestore.heads.serving import load

MOST_CANARY = 0.5  # share of submissions, of all challengers of a task together


def deploy(head: HeadVersion, by: Any, reason: str, *, with_mlflow: bool = True, evidence: Any = None) -> str:
    """Put it beside the champion as `challenger`; returns the alias. Those there move on by one. When all three places
    are taken, the one that was there longest is retired, or (REPLACE_OLDEST_CHALLENGER=0) it is Refused."""
    _works(head)

    def moving(places: Places) -> Moved:
        _fresh(head)
        if head.standing == Standing.RETIRED:
            raise Refused(f"Version {head.version} of {head.task} is retired.")
        if row := places.of(head):
            raise Refused(f"Version {head.version} of {head.task} serves already, as {row.alias}.")
        if not settings.REPLACE_OLDEST_CHALLENGER and all(alias in places.rows for alias in CHALLENGERS):
            raise Refused(f"All {len(CHALLENGERS)} places beside the champion of {head.task} are taken.")
        if out := places.push(head):
            _displaced(out, head)
        _stand(head, Standing.READY)
        return None, head

    event = change(head.task, Kind.DEPLOY, moving, by=by, reason=reason, with_mlflow=with_mlflow, evidence=evidence)
    return next(alias for alias, state in event.served.items() if state[0] == head.version)


def promote(
    head: HeadVersion,
    by: Any,
    reason: str,
    seconded_by: Any = None,
    evidence: dict[str, Any] | None = None,
    over: HeadVersion | None = None,
) -> PromotionEvent:
    """Make a challenger champion; the champion takes its place, so that the comparison goes on.

    `over`: the champion that the person saw when they decided; by default the one of this moment. When somebody else
    was faster, this is Refused: what was decided on is no longer so.
    """
    if by is None:
        raise Refused("Only a person promotes.")
    _agreed(by, seconded_by)
    _works(head)
    seen = over.id if over else _champion_id(head.task)

    def moving(places: Places) -> Moved:
        _fresh(head)
        champion = places.champion
        if champion and champion.head_id == head.id:
            raise Refused(f"Version {head.version} of {head.task} is champion already.")
        if champion and champion.head_id != seen:
            raise Refused(
                f"Somebody else made version {champion.head.version} champion of {head.task} meanwhile; look again."
            )
        mine = must_serve(places, head)
        alias, threshold = mine.alias, mine.threshold
        if champion is None:
            places.crown(head, threshold)
            return None, head
        old, kept = champion.head, champion.threshold
        places.crown(head, threshold)
        places.seat(alias, old, kept)
        return old, head

    return change(
        head.task,
        Kind.PROMOTE,
        moving,
        by=by,
        reason=reason,
        seconded_by=seconded_by,
        evidence=evidence,
        with_mlflow=True,
    )


def roll_back(task: str, by: Any, reason: str, evidence: dict[str, Any] | None = None) -> PromotionEvent:
    """The champion before is champion again, with the threshold that it had; the one of now is held, with the reason.

    A second roll back goes one further. Refused: there was none before who may still serve.
    """
    seen = _champion_id(task)

    def moving(places: Places) -> Moved:
        champion = places.champion
        if champion is None or champion.head_id != seen:
            raise Refused(f"Somebody else changed the champion of {task} meanwhile; look again.")
        before = next(iter(champions_before(task)), None)
        if before is None:
            raise Refused(f"{task} had no other champion before version {champion.head.version} that may serve.")
        back, threshold = before
        if place := places.of(back):
            threshold = place.threshold
        old = champion.head
        places.crown(back, threshold)
        _stand(old, Standing.HELD, f"Rolled back: {reason.strip()}")
        return old, back

    return change(task, Kind.ROLL_BACK, moving, by=by, reason=reason, evidence=evidence, with_mlflow=False)


def hold(head: HeadVersion, by: Any, reason: str, evidence: dict[str, Any] | None = None) -> PromotionEvent:
    """Keep it, and do not let it serve beside the champion. `deploy` brings it back."""
    return _out(head, Kind.HOLD, Standing.HELD, by, reason, evidence)


def retire(head: HeadVersion, by: Any, reason: str, evidence: dict[str, Any] | None = None) -> PromotionEvent:
    """Take it out of use for good. Its row stays: what it said leads to it."""
    return _out(head, Kind.RETIRE, Standing.RETIRED, by, reason, evidence)


def set_threshold(
    head: HeadVersion, threshold: float | None, by: Any, reason: str, evidence: dict[str, Any] | None = None
) -> PromotionEvent:
    """From which score on it counts, in place of its own; None: its own again."""

    def moving(places: Places) -> Moved:
        row = must_serve(places, head)
        if row.threshold == threshold:
            raise Refused(f"That is the threshold of version {head.version} already.")
        _set(places, row, threshold=threshold)
        return None, head

    return change(head.task, Kind.THRESHOLD, moving, by=by, reason=reason, evidence=evidence, with_mlflow=False)


def set_canary(
    head: HeadVersion, share: float, by: Any, reason: str, evidence: dict[str, Any] | None = None
) -> PromotionEvent:
    """For which share of submissions (0..0.5, of all challengers together) a challenger's verdict counts."""

    def moving(places: Places) -> Moved:
        row = must_serve(places, head)
        if row.alias == Alias.CHAMPION:
            raise Refused("The champion's verdict counts wherever no challenger's does; a canary is a challenger.")
        if row.canary == share:
            raise Refused(f"That is the canary share of version {head.version} already.")
        _set(places, row, canary=share)
        whole = sum(other.canary for other in places.rows.values())
        if whole > MOST_CANARY:
            raise Refused(f"All canaries together may have {MOST_CANARY:.0%} of submissions, not {whole:.0%}.")
        return None, head

    return change(head.task, Kind.CANARY, moving, by=by, reason=reason, evidence=evidence, with_mlflow=False)


def _out(
    head: HeadVersion, kind: Kind, standing: Standing, by: Any, reason: str, evidence: dict[str, Any] | None
) -> PromotionEvent:
    def moving(places: Places) -> Moved:
        _fresh(head)
        row = places.of(head)
        if row and row.alias == Alias.CHAMPION:
            raise Refused(f"Version {head.version} is champion of {head.task}; promote another or roll back first.")
        if head.standing == standing or head.standing == Standing.RETIRED:
            raise Refused(f"Version {head.version} of {head.task} is that already: {head.get_standing_display()}.")
        if row:
            places.vacate(row)
        _stand(head, standing, reason.strip())
        return head, None

    event = change(head.task, kind, moving, by=by, reason=reason, evidence=evidence, with_mlflow=False)
    for matter in (AlertKind.BROKEN_HEAD, AlertKind.CHALLENGER_FAILS):
        alerts.settle(head.task, matter, head.version)
    return event


def _displaced(row: Serving, by: HeadVersion) -> None:
    # One that was champion stays ready, or there would be nothing to roll back to.
    if not any(head.id == row.head_id for head, _ in champions_before(row.task)):
        _stand(row.head, Standing.RETIRED, f"Its place was needed for version {by.version}.")


def _stand(head: HeadVersion, standing: Standing, why: str = "") -> None:
    head.standing, head.why = standing, why
    head.save(update_fields=["standing", "why"])


def _fresh(head: HeadVersion) -> None:
    """As it is now that we have the lock, not as it was when the page was drawn."""
    head.refresh_from_db(fields=["standing", "why"])


def _works(head: HeadVersion) -> None:
    try:
        load(head)
    except (ModelMissing, RuntimeError, ValueError, TypeError) as error:
        raise Refused(f"The file of version {head.version} of {head.task} is broken: {error}") from error


def _champion_id(task: str) -> int | None:
    return Serving.objects.filter(task=task, alias=Alias.CHAMPION).values_list("head_id", flat=True).first()


def _agreed(by: Any, seconded_by: Any) -> None:
    if not settings.PROMOTION_SECOND_PERSON and seconded_by is None:
        return
    if seconded_by is None:
        raise Refused("A second person has to agree to a promotion here: ask for one.")
    if seconded_by.pk == by.pk:
        raise Refused("The second person has to be another one.")
    if not seconded_by.has_perm("heads.promote"):
        raise Refused(f"{seconded_by} may not promote.")


def _set(places: Places, row: Serving, **values: float | None) -> None:
    try:
        places.set(row, **values)
    except ValidationError as error:
        name, said = next(iter(error.message_dict.items()))
        raise Refused(f"{name.capitalize()}: {' '.join(said)}") from error
