"""Pairs out of the database: the rows of days that are still open, and the packed blocks of those that are not."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from django.db.models import Count, Max, Min, QuerySet, Sum
from numpy.typing import NDArray

from featurestore.compare.blocks import MILLISECONDS, SLICES, STATISTICS, BrokenBlock, Columns, columns, joined, unpack
from featurestore.compare.models import Block, Pair, Stratum
from featurestore.compare.pairs import Pairs

STRATA = tuple(str(value) for value in Stratum.values)
# column -> the field of a Pair
FIELDS = {
    "a_score": "champion_score",
    "b_score": "challenger_score",
    "a_hit": "champion_hit",
    "b_hit": "challenger_hit",
    "label": "label",
    "stratum": "stratum",
    "chance": "chance",
    "a_ms": "champion_ms",
    "b_ms": "challenger_ms",
    **{name: name for name in SLICES},
}
_LABEL = {None: -1, False: 0, True: 1}


@dataclass(frozen=True)
class Compared:
    """Two heads that looked at the same parts: how many, from when to when."""

    task: str
    champion_id: int
    challenger_id: int
    count: int
    first: date
    last: date


def pairs(task: str, champion_id: int, challenger_id: int, since: date | None = None) -> Pairs:
    """Everything these two heads looked at together, from the day `since` on. Raises BrokenBlock, naming the day."""
    rows, day = _read(task, champion_id, challenger_id, since, STATISTICS)
    found = rows.arrays
    return Pairs(
        a_score=found["a_score"],
        b_score=found["b_score"],
        a_hit=found["a_hit"].view(np.bool_),
        b_hit=found["b_hit"].view(np.bool_),
        label=found["label"],
        chance=found["chance"],
        stratum=found["stratum"],
        strata=STRATA,
        day=day,
        slices={name: (found[name], rows.names[name]) for name in SLICES},
    )


def milliseconds(
    task: str, champion_id: int, challenger_id: int, since: date | None = None
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """What each look took: (n,) of the champion, (n,) of the challenger, in no order."""
    rows, _ = _read(task, champion_id, challenger_id, since, MILLISECONDS)
    return rows.arrays["a_ms"], rows.arrays["b_ms"]


def compared(task: str = "") -> list[Compared]:
    """Which heads were compared in this task (in every task), the newest comparison first."""
    only = {"task": task} if task else {}
    by = ("task", "champion_id", "challenger_id")
    found: dict[tuple[str, int, int], tuple[int, date, date]] = {}
    live = Pair.objects.filter(**only).order_by().values_list(*by).annotate(Count("id"), Min("day"), Max("day"))
    packed = Block.objects.filter(**only).order_by().values_list(*by).annotate(Sum("count"), Min("day"), Max("day"))
    for name, a, b, count, first, last in (*live, *packed):
        there = found.get((name, a, b), (0, first, last))
        found[name, a, b] = (there[0] + count, min(there[1], first), max(there[2], last))
    rows = [Compared(name, a, b, *said) for (name, a, b), said in found.items()]
    return sorted(rows, key=lambda one: (one.last, one.first, one.challenger_id), reverse=True)


def columns_of(rows: Sequence[tuple[Any, ...]], names: Sequence[str] = tuple(FIELDS)) -> Columns:
    """Columns of live rows, whose values are in the order of `names`."""
    by_name = list(zip(*rows, strict=True)) if rows else [()] * len(names)
    values: dict[str, Sequence[Any]] = dict(zip(names, by_name, strict=True))
    if "label" in values:
        values["label"] = [_LABEL[said] for said in values["label"]]
    if "stratum" in values:
        place = {name: n for n, name in enumerate(STRATA)}
        values["stratum"] = [place[name] for name in values["stratum"]]
    slices = {name: values.pop(name) for name in SLICES if name in values}
    return columns(values, slices)


def _read(
    task: str, champion_id: int, challenger_id: int, since: date | None, wanted: Sequence[str]
) -> tuple[Columns, NDArray[np.datetime64]]:
    """Live rows first, then blocks: what was packed between the two is then read twice, and the live ones of a packed
    day are passed over. The other way round it would be missed."""
    of = {"task": task, "champion_id": champion_id, "challenger_id": challenger_id}
    if since is not None:
        of["day__gte"] = since
    live: QuerySet[Any, Any] = Pair.objects.filter(**of).order_by()
    rows = list(live.values_list("day", *(FIELDS[name] for name in wanted)))
    blocks = list(Block.objects.filter(**of).order_by("day").values_list("day", "columns", "sha256"))
    packed = {day for day, _, _ in blocks}
    rows = [row for row in rows if row[0] not in packed]
    parts = [_opened(day, data, sha256, wanted) for day, data, sha256 in blocks]
    days = np.repeat(np.array([day for day, _, _ in blocks], "datetime64[D]"), [len(part) for part in parts])
    if not blocks or rows:
        parts.append(columns_of([row[1:] for row in rows], wanted))
        days = np.append(days, np.array([row[0] for row in rows], "datetime64[D]"))
    return joined(parts), days


def _opened(day: date, data: Any, sha256: str, wanted: Sequence[str]) -> Columns:
    try:
        return unpack(data, sha256, wanted)
    except (BrokenBlock, OSError, KeyError) as error:
        raise BrokenBlock(f"The pairs of {day} cannot be read: {error}.") from error
