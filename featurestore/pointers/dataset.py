"""A pointer data set for torch: streamed, sharded by worker, resumable.

data = PointerDataset("themes.jsonl", seen=Seen.load(progress, manifest))
for x, label, line in DataLoader(data, batch_size=64, num_workers=4):
    …train…
    data.seen.add(line)
print(data.counts())
"""

import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import torch
from django.conf import settings
from PIL import Image
from torch.utils.data import IterableDataset, get_worker_info

from featurestore.pointers import manifest
from featurestore.pointers.fetching import Fetcher, Outcome
from featurestore.pointers.reading import read_ahead
from featurestore.pointers.seen import Seen

_OUTCOMES = tuple(Outcome)
_ROWS = 256  # workers that count apart; more of them share rows


class Sample(NamedTuple):
    """`x` is what `decode` made; `line` is the place in the manifest, for Seen."""

    x: Any
    label: str
    line: int


def picture(data: bytes) -> Image.Image:
    """RGB. Raises for what is no picture, or has more pixels than an upload may have."""
    with Image.open(io.BytesIO(data)) as opened:
        if opened.width * opened.height > settings.MAX_PIXELS:
            raise ValueError("too many pixels")
        return opened.convert("RGB")


class PointerDataset(IterableDataset[Sample]):
    """Yields a Sample for every line that could be read; the others are counted (`counts`).

    Each DataLoader worker of each of `world` processes (this one is `rank`) reads its own lines, and makes its own
    connections after the fork. `threads` is the cap of fetches at once in one worker, `limit` of lines in all of it.
    """

    def __init__(
        self,
        path: str | Path,
        decode: Callable[[bytes], Any] = picture,
        *,
        make_fetcher: Callable[[], Fetcher] = Fetcher,
        threads: int = 8,
        seen: Seen | None = None,
        rank: int = 0,
        world: int = 1,
        limit: int | None = None,
    ) -> None:
        self.path, self.decode, self.make_fetcher, self.threads = Path(path), decode, make_fetcher, threads
        self.seen = seen or Seen(self.path)
        self.rank, self.world, self.limit = rank, world, limit
        # In shared memory: workers count in processes of their own.
        self._counts = torch.zeros((_ROWS, len(_OUTCOMES)), dtype=torch.int64).share_memory_()

    def counts(self) -> dict[str, int]:
        """Outcome -> lines, of all workers and epochs so far."""
        return dict(zip(map(str, _OUTCOMES), self._counts.sum(0).tolist(), strict=True))

    def __iter__(self) -> Iterator[Sample]:
        worker = get_worker_info()
        number, workers = (worker.id, worker.num_workers) if worker else (0, 1)
        counts = self._counts[number % _ROWS]
        fetcher = self.make_fetcher()
        for line, pointer, got in read_ahead(
            self._lines(self.rank * workers + number, self.world * workers),
            fetcher.fetch,
            threads=self.threads,
            ahead=4 * self.threads,
            patience=fetcher.longest,
        ):
            outcome = got.outcome
            if outcome is Outcome.OK and pointer:
                try:
                    x = self.decode(got.data)
                except Exception:  # whatever a decoder raises, the bytes are not what it reads
                    outcome = Outcome.UNREADABLE
                else:
                    counts[_OUTCOMES.index(outcome)] += 1
                    yield Sample(x, pointer.label, line)
                    continue
            counts[_OUTCOMES.index(outcome)] += 1

    def _lines(self, shard: int, shards: int) -> Iterator[tuple[int, manifest.Pointer | None]]:
        for line, pointer in manifest.read(self.path, shard, shards):
            if self.limit is not None and line >= self.limit:
                return
            if line not in self.seen:
                yield line, pointer
