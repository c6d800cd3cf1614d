"""The row of a training, while it runs: begun once, alive as long as it says so, ended with a result or a sentence."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import structlog
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.db.models import Q
from django.utils import timezone

from featurestore.heads import alerts
from featurestore.heads.models import AlertKind, RunState, TrainingRun
from featurestore.heads.refusals import NotNow

log = structlog.get_logger(__name__)

BEAT = 5.0  # seconds
SILENT = timedelta(minutes=2)  # after which a training is taken for dead
SAID = 0.5  # seconds between two notes of its progress
POINTS = 500  # of the curve that are kept


def wait(task: str, by: Any, because: str) -> TrainingRun:
    """A row that waits for a worker. NotNow: one waits or runs already."""
    end_silent()
    try:
        with transaction.atomic():
            return TrainingRun.objects.create(task=task, asked_by=by, because=because[:300])
    except IntegrityError as error:
        raise NotNow(f"{task} is being trained already; ask again when that is done.") from error


def begin(run: TrainingRun) -> bool:
    """False: somebody else has begun it, or ended it."""
    now = timezone.now()
    mine = TrainingRun.objects.filter(id=run.id, state=RunState.WAITING)
    if not mine.update(state=RunState.RUNNING, started_at=now, beat_at=now):
        return False
    run.refresh_from_db()
    return True


class Teller:
    """What a training calls to say how far it is: (progress 0..1, step in words, curve). Writes twice a second at
    most; the last word is always written."""

    def __init__(self, run: TrainingRun) -> None:
        self._run, self._last = run, 0.0
        self._next: dict[str, Any] = {}

    def __call__(self, progress: float, step: str, curve: list[Any]) -> None:
        every = max(1, -(-len(curve) // POINTS))
        # The last point is kept whatever the stride: it is the one that people look for.
        shown = curve[::every] if (len(curve) - 1) % every == 0 else [*curve[::every], curve[-1]]
        self._next = {"progress": min(max(progress, 0.0), 1.0), "step": step[:120], "curve": [list(p) for p in shown]}
        if time.monotonic() - self._last >= SAID:
            self.flush()

    def flush(self) -> None:
        if self._next:
            _alive(self._run.id).update(**self._next, beat_at=timezone.now())
            self._next, self._last = {}, time.monotonic()


@contextmanager
def beating(run: TrainingRun) -> Iterator[None]:
    """Says every few seconds that the training is alive, from a thread, since a step of it may take minutes."""
    stop = threading.Event()

    def beat() -> None:
        try:
            while not stop.wait(BEAT):
                try:
                    _alive(run.id).update(beat_at=timezone.now())
                except DatabaseError as error:
                    log.warning("training.beat_missed", run=run.id, error=type(error).__name__)
                    connection.close()
        finally:
            connection.close()

    thread = threading.Thread(target=beat, name=f"beat-{run.id}", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(BEAT)


def done(run: TrainingRun, head: Any, result: dict[str, Any]) -> None:
    ended = {"state": RunState.DONE, "ended_at": timezone.now(), "progress": 1.0, "head": head, "result": result}
    _alive(run.id).update(**ended)
    run.refresh_from_db()
    alerts.settle(run.task, AlertKind.TRAINING_FAILED)


def failed(run: TrainingRun, says: str, result: dict[str, Any] | None = None) -> None:
    """Ends it with the reason, and raises the alert."""
    open_ones = TrainingRun.objects.filter(id=run.id, state__in=[RunState.WAITING, RunState.RUNNING])
    ended = {"state": RunState.FAILED, "ended_at": timezone.now(), "error": says, "result": result or {}}
    if open_ones.update(**ended):
        alerts.raise_alert(run.task, AlertKind.TRAINING_FAILED, says)
    run.refresh_from_db()


def end_silent() -> int:
    """Trainings that died without a word: failed, with a sentence. Returns how many."""
    silent = Q(beat_at__lt=timezone.now() - SILENT) | Q(beat_at=None)
    rows = list(TrainingRun.objects.filter(silent, state=RunState.RUNNING))
    for run in rows:
        step = f" It was at: {run.step}." if run.step else ""
        failed(run, f"The training ended without a word: its process was killed, or the machine stopped.{step}")
    return len(rows)


def _alive(id: int) -> Any:
    return TrainingRun.objects.filter(id=id, state=RunState.RUNNING)
