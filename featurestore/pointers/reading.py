"""Reads a manifest: many fetches at once, results in the order of the lines, and never a wait without end."""

import queue
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from featurestore.pointers.fetching import Fetched, Outcome
from featurestore.pointers.manifest import Pointer

Line = tuple[int, Pointer | None]


@dataclass
class _Slot:
    """One line on its way."""

    number: int
    pointer: Pointer | None
    done: threading.Event = field(default_factory=threading.Event)
    got: Fetched = field(default_factory=lambda: Fetched(Outcome.UNREADABLE))


def read_ahead(
    lines: Iterable[Line], fetch: Callable[[Pointer], Fetched], *, threads: int = 8, ahead: int = 32, patience: float
) -> Iterator[tuple[int, Pointer | None, Fetched]]:
    """(line number, pointer, what was fetched), in order; at most `ahead` are fetched or waiting to be handed out.

    What takes longer than `patience` seconds once it is its turn counts as a timeout. Its thread is left to itself and
    replaced, so that a storage that hangs stops nobody; threads are daemons, so it does not hold the process either.
    """
    todo: queue.SimpleQueue[_Slot | None] = queue.SimpleQueue()
    slots: deque[_Slot] = deque()
    over = threading.Event()
    started = 0

    def start() -> None:
        nonlocal started
        started += 1
        threading.Thread(target=_work, args=(todo, fetch, over), daemon=True, name="pointers").start()

    for _ in range(threads):
        start()
    try:
        source = iter(lines)
        more = True
        while more or slots:
            while more and len(slots) < ahead:
                line = next(source, None)
                if line is None:
                    more = False
                    break
                slots.append(slot := _Slot(*line))
                if slot.pointer is None:
                    slot.done.set()
                else:
                    todo.put(slot)
            if slots:
                slot = slots.popleft()
                if not slot.done.wait(patience):
                    start()
                    yield slot.number, slot.pointer, Fetched(Outcome.TIMEOUT)
                else:
                    yield slot.number, slot.pointer, slot.got
    finally:
        over.set()
        for _ in range(started):
            todo.put(None)


def _work(todo: "queue.SimpleQueue[_Slot | None]", fetch: Callable[[Pointer], Fetched], over: threading.Event) -> None:
    while (slot := todo.get()) is not None and not over.is_set():
        try:
            slot.got = fetch(slot.pointer) if slot.pointer else slot.got
        except Exception:  # a bug in a fetcher must not end the reading; it is counted
            slot.got = Fetched(Outcome.FAILED)
        slot.done.set()
