"""What a process remembers of challengers that failed: one that fails again and again is left alone for a while."""

import threading
import time
from collections.abc import Callable

IN_A_ROW = 3  # failures after which a challenger is switched off in this process
OFF_SECONDS = 600.0
AT_ONCE = {"encoder", "dim"}  # it will be no better the next time
MOST_LEFT_BEHIND = 3  # threads that would not end; then no challenger is asked any more


class Faults:
    """By the id of a head's version. After the pause it may try again; the next failure switches it off at once."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._failures: dict[int, int] = {}
        self._off_until: dict[int, float] = {}
        self._left_behind: dict[int, threading.Thread] = {}

    def off(self, head: int) -> bool:
        """Must it not be asked now?"""
        self._left_behind = {id: thread for id, thread in self._left_behind.items() if thread.is_alive()}
        if head in self._left_behind or len(self._left_behind) >= MOST_LEFT_BEHIND:
            return True
        return self._clock() < self._off_until.get(head, 0.0)

    def failed(self, head: int, why: str) -> bool:
        """Note a failure. True: it is switched off now."""
        self._failures[head] = self._failures.get(head, 0) + 1
        if why not in AT_ONCE and self._failures[head] < IN_A_ROW:
            return False
        self._off_until[head] = self._clock() + OFF_SECONDS
        return True

    def left_behind(self, head: int, thread: threading.Thread) -> None:
        """Its thread goes on although it was told to end: it is not asked while that lives."""
        self._left_behind[head] = thread

    def worked(self, head: int) -> None:
        self._failures.pop(head, None)
