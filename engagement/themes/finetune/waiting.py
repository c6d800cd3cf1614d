"""How long a training waited for its data. A loader that keeps up costs nothing; one that does not, money."""

import time
from collections.abc import Iterator
from typing import Generic, TypeVar

import torch

T = TypeVar("T")


class Waiting(Generic[T]):
    """Hands on what a loader gives, and counts. On a GPU waiting counts only when the GPU had run dry by then.

    `waited` and `total`: seconds since the first was handed on; `share` of the one in the other. The first batch is not
    counted: every loader starts from nothing.
    """

    def __init__(self, source: Iterator[T], cuda: bool = False) -> None:
        self._source = source
        self._event = torch.cuda.Event() if cuda else None
        self._since = 0.0
        self.waited = 0.0

    def __iter__(self) -> Iterator[T]:
        return self

    def __next__(self) -> T:
        if self._event is not None and self._since:
            self._event.record()
        asked = time.perf_counter()
        got = next(self._source)
        now = time.perf_counter()
        if not self._since:
            self._since = now
        # All that was given to the GPU before this wait is done: it stood still for a part of the wait, at most all.
        elif self._event is None or self._event.query():
            self.waited += now - asked
        return got

    @property
    def total(self) -> float:
        return time.perf_counter() - self._since if self._since else 0.0

    @property
    def share(self) -> float:
        return self.waited / self.total if self.total else 0.0
