"""One change of who serves: the places, the history, the trail and MLflow's aliases, together or not at all.

Our database is the truth. MLflow is changed last, inside the transaction and within two seconds: when it does not
answer, everything goes back; when our commit fails after it, the next run of the mirror puts MLflow right.
"""

from collections.abc import Callable
from typing import Any

from django.db import transaction

from brickmod.access import audit
from brickmod.access.models import Verb
from featurestore.heads import mirroring, registry
from featurestore.heads.hurrying import hurry
from featurestore.heads.mlflow_api import Mlflow, Unreachable
from featurestore.heads.models import HeadVersion, Kind, PromotionEvent
from featurestore.heads.places import Places
from featurestore.heads.refusals import Refused

WHILE_LOCKED = 2.0  # seconds that MLflow has while others wait for us

# What a change leaves: who was there before and is no longer, and who is there now.
Moved = tuple[HeadVersion | None, HeadVersion | None]


def change(
    task: str,
    kind: Kind,
    moving: Callable[[Places], Moved],
    *,
    by: Any,
    reason: str,
    with_mlflow: bool,
    seconded_by: Any = None,
    evidence: dict[str, Any] | None = None,
) -> PromotionEvent:
    """Make it and tell it. `moving` changes the places, or raises Refused. `by` None: the policy.

    `with_mlflow`: only if MLflow has it too; else MLflow follows when it can. Raises Refused: nothing was changed.
    """
    if not reason.strip():
        raise Refused("A reason is needed: it stands in the history for whoever looks at it next.")
    try:
        if with_mlflow:
            mirroring.follow(Mlflow(), [task])  # versions that it lacks take longer than a lock may be held
        with transaction.atomic():
            places = Places.locked(task)
            before = places.state()
            old, new = moving(places)
            event = PromotionEvent.objects.create(
                task=task,
                kind=kind,
                old=old,
                new=new,
                by=by,
                seconded_by=seconded_by,
                reason=reason.strip(),
                evidence=evidence or {},
                served=places.state(),
            )
            _tell(event, before)
            if with_mlflow:
                registry.point(Mlflow(WHILE_LOCKED), task, mirroring.aliases(task))
            else:
                transaction.on_commit(lambda: hurry("featurestore.mirror"))
    except Unreachable as error:
        raise Refused(f"{error} Nothing was changed; try again when MLflow is back.") from error
    return event


def _tell(event: PromotionEvent, before: dict[str, Any]) -> None:
    head = event.new or event.old
    told = {"kind": event.kind, "version": head.version if head else "", "reason": event.reason}
    if event.seconded_by:
        told["seconded_by"] = event.seconded_by.username
    audit.record(
        Verb.PROMOTE,
        "headversion",
        head.pk if head else "",
        user=event.by,
        old={"task": event.task, "serving": before},
        new={"task": event.task, "serving": event.served, **told},
    )
