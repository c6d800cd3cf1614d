"""Work on blocks of rows by as many threads as there are cores, each doing its products alone.

Threads that share one small product wait for each other at its end, and on busy cores they wait long; threads that take
whole blocks never wait. What is summed, and in which order, does not depend on how many there are: equal input gives
equal bytes on one core and on sixteen.
"""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from typing import TypeVar

import torch

A = TypeVar("A")
B = TypeVar("B")
Crew = Callable[[Callable[[A], B], Iterable[A]], Iterable[B]]


@contextmanager
def crew(on: torch.device) -> Iterator[Crew]:
    """`map(work, parts)`, in order. Within, torch itself uses one thread; a GPU needs no more than that."""
    threads = torch.get_num_threads()
    if on.type != "cpu" or threads == 1:
        yield map
        return
    torch.set_num_threads(1)
    try:
        # A thread has its own number of threads.
        with ThreadPoolExecutor(threads, "rows", partial(torch.set_num_threads, 1)) as pool:
            yield pool.map
    finally:
        torch.set_num_threads(threads)
