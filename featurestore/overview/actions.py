"""Count the store, test it for drift, draw its map. In the background: a page only reads what was found."""

import time
from datetime import date, timedelta
from typing import Any

import numpy as np
from django.db import transaction
from django.utils import timezone
from numpy.typing import NDArray

from featurestore.overview import coverage, drift
from featurestore.overview.models import Drifting, DriftTest, Snapshot, SnapshotKind
from featurestore.overview.sweeping import BEFORE, NOW, Swept, sweep
from featurestore.store import get_store

FRESH = timedelta(hours=1)
AGAIN = timedelta(minutes=2)  # a count that was asked for and did not come is asked for again


def measure(today: date | None = None) -> None:
    """Replaces the snapshots and adds today's drift tests (a second time on the same day: replaces those too)."""
    today = today or timezone.now().date()
    started = time.perf_counter()
    swept = sweep(get_store(), today)
    tests = _tests(swept, today)
    maps = _maps(swept)
    took, now = time.perf_counter() - started, timezone.now()
    with transaction.atomic():
        for kind, data in ((SnapshotKind.COUNTS, _counts(swept)), (SnapshotKind.COVERAGE, {"maps": maps})):
            Snapshot.objects.update_or_create(kind=kind, defaults={"made_at": now, "seconds": took, "data": data})
        DriftTest.objects.filter(day=today).delete()
        DriftTest.objects.bulk_create(tests)


def want_newer(now: bool = False) -> bool:
    """Whether somebody has to start a count: none is there, it is old (or another is wanted `now`), and none was asked
    for a moment ago. One asks for all: a conditional update decides who."""
    at = timezone.now()
    row, _ = Snapshot.objects.get_or_create(kind=SnapshotKind.COUNTS)
    if not now and row.made_at and row.made_at > at - FRESH:
        return False
    asked_before = Snapshot.objects.filter(kind=SnapshotKind.COUNTS, asked_at=row.asked_at)
    if row.asked_at and row.asked_at > at - AGAIN:
        return False
    return bool(asked_before.update(asked_at=at))


def _counts(swept: Swept) -> dict[str, Any]:
    return {
        "encoders": [
            [encoder, view, n, swept.dims[encoder]] for (encoder, view), n in sorted(swept.by_encoder.items())
        ],
        "markets": sorted(swept.by_market.items(), key=lambda row: (-row[1], row[0])),
        "days": [[day.isoformat(), n] for day, n in sorted(swept.by_day.items())],
        "labels": [[*key, n] for key, n in sorted(swept.labels.items())],
    }


def _tests(swept: Swept, today: date) -> list[DriftTest]:
    rows = []
    for (encoder, view), samples in swept.samples.items():
        if found := drift.vectors(samples.before.x, samples.now.x):
            subject = f"{encoder}, {view}"
            rows.append(_row(today, Drifting.VECTORS, subject, found.before, found.now, found.told_apart, found.p))
    for task in sorted({task for task, _, _ in swept.labels_by_day}):
        mine = {(v, day): n for (t, v, day), n in swept.labels_by_day.items() if t == task}
        before, now = (_between(mine, today - NOW - BEFORE, today - NOW), _between(mine, today - NOW, today))
        if moved := drift.labels(before, now):
            for value, interval in moved.changes.items():
                subject = f"{task}: {value}"
                rows.append(_row(today, Drifting.LABELS, subject, moved.before, moved.now, interval, moved.p))
    return rows


def _between(counts: dict[tuple[str, date], int], after: date, until: date) -> dict[str, int]:
    found: dict[str, int] = {}
    for (value, day), n in counts.items():
        if after < day <= until:
            found[value] = found.get(value, 0) + n
    return found


def _row(day: date, what: str, subject: str, before: int, now: int, interval: Any, p: float) -> DriftTest:
    figure, low, high = interval
    return DriftTest(
        day=day, what=what, subject=subject, before=before, now=now, figure=figure, low=low, high=high, p=p
    )


def _maps(swept: Swept) -> list[dict[str, Any]]:
    maps = []
    for (encoder, view), samples in sorted(swept.samples.items()):
        found = coverage.draw(samples.map.x, samples.labelled)
        if found:
            maps.append(
                {
                    "encoder": encoder,
                    "view": view,
                    "of": swept.by_encoder[encoder, view],
                    "shown": found.shown,
                    "near": found.near,
                    # Two digits are enough for a drawing, and too few to be a vector again.
                    "at": _points(found.at, samples.labelled),
                }
            )
    return maps


def _points(at: NDArray[np.float32], labelled: NDArray[np.bool_]) -> list[list[float]]:
    return [[_short(x), _short(y), int(yes)] for (x, y), yes in zip(at, labelled, strict=True)]


def _short(value: float) -> float:
    return float(f"{value:.2g}")
