"""Asks one head about some parts in a thread of its own, for so long and no longer."""

import ctypes
import threading
import time
from collections.abc import Sequence
from contextlib import suppress

from featurestore.heads.head import Stoppable, Stopped
from featurestore.heads.serving import Served
from moderation.detectors.base import Finding, HeadDetector
from moderation.prefilter.looking import PartLook, of_part

GRACE = 0.02  # seconds in which a head that was told to stop usually has
Answer = tuple[PartLook, Finding, float]  # with the milliseconds that it took


class Asked(threading.Thread):
    """`found` is None until all is answered; `error` is what was raised instead."""

    def __init__(self, detector: HeadDetector, served: Served, parts: Sequence[PartLook]) -> None:
        super().__init__(name=f"{served.task} {served.version}", daemon=True)
        self.found: list[Answer] | None = None
        self.error: BaseException | None = None
        self._detector, self._parts, self._threshold = detector, parts, served.threshold
        self._head = Stoppable(served.head)

    def run(self) -> None:
        with suppress(Stopped):  # which may also arrive when all was said
            self._answer()

    def _answer(self) -> None:
        found = []
        try:
            for part in self._parts:
                started = time.perf_counter()
                seen = part.seen[self._detector.card.name]
                findings = [
                    self._detector.judge(look, one, self._head, self._threshold)
                    for look, one in zip(part.looks, seen, strict=True)
                ]
                finding = of_part(part, findings)
                found.append((part, finding, (time.perf_counter() - started) * 1000))
            self.found = found
        except BaseException as error:
            self.error = error

    def wait(self, seconds: float) -> None:
        """Raises TimeoutError when it is not done by then (it has been told to end: `is_alive` says whether it did),
        and what the head raised."""
        self.join(seconds)
        if self.is_alive():
            self._tell_to_end()
            raise TimeoutError(f"not done in {seconds * 1000:.0f} ms")
        if self.error:
            raise self.error

    def _tell_to_end(self) -> None:
        """Native code ends between two nodes of the graph, Python code at its next line: neither would else end, and
        both would take time from what children wait for."""
        self._head.stop()
        self.join(GRACE)
        if self.is_alive() and self.ident:
            ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(self.ident), ctypes.py_object(Stopped))
            self.join(GRACE)
