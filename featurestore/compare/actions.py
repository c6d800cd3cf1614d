"""What happens to pairs: kept, labelled, forgotten while something leads to them; packed when nothing does any more."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any
from uuid import UUID

import structlog
from django.db import transaction

from featurestore.compare.blocks import coarsened, joined, pack, shuffled, unpack
from featurestore.compare.models import Block, Pair
from featurestore.compare.reading import FIELDS, columns_of

log = structlog.get_logger(__name__)


def keep(pairs: Sequence[Pair]) -> None:
    Pair.objects.bulk_create(pairs)


def label(ids: Iterable[UUID], value: bool | None) -> int:
    """Is there what the task looks for? None takes a label back. Returns how many were still there to be told."""
    return Pair.objects.filter(id__in=list(ids)).update(label=value)


def forget(ids: Iterable[UUID]) -> int:
    """Take pairs away for good. Returns how many."""
    return Pair.objects.filter(id__in=list(ids)).delete()[0]


def seal_day(day: date) -> int:
    """Pack what the day has left, when nothing leads to its pairs any more: no id, no order, no rare value stays.
    Returns how many pairs. Done twice, or after a crash in the middle, it changes nothing more."""
    groups = Pair.objects.filter(day=day).order_by().values_list("task", "champion_id", "challenger_id").distinct()
    return sum(_seal(day, *group) for group in list(groups))


@transaction.atomic
def _seal(day: date, task: str, champion_id: int, challenger_id: int) -> int:
    of: dict[str, Any] = {"day": day, "task": task, "champion_id": champion_id, "challenger_id": challenger_id}
    # Locked, so that two who seal at once, or a label that comes now, wait for each other.
    rows = list(Pair.objects.select_for_update().filter(**of).order_by().values_list("id", *FIELDS.values()))
    if not rows:
        return 0
    new = columns_of([row[1:] for row in rows])
    there = Block.objects.select_for_update().filter(**of).first()
    if there is not None:
        new = joined([unpack(there.columns, there.sha256), new])
    data, sha256 = pack(shuffled(coarsened(new)))
    Block.objects.update_or_create(**of, defaults={"columns": data, "sha256": sha256, "count": len(new)})
    # All that were read and no other: one that came meanwhile is sealed the next time.
    read = [row[0] for row in rows]
    for at in range(0, len(read), _AT_ONCE):
        Pair.objects.filter(id__in=read[at : at + _AT_ONCE]).delete()
    log.info("compare.sealed", task=task, day=day.isoformat(), pairs=len(rows))
    return len(rows)


_AT_ONCE = 10_000  # ids in one statement: SQLite takes 32,766
