"""What a training reads: an endless stream of batches whose n-th batch is always the same, so it can go on anywhere.

Every process and every loader worker has a stream of its own. In each round a stream takes its share of the shards
(mixed anew), reads a few of them whole, mixes their pictures, and goes on to the next. All of that follows from seed,
round and shards alone. Going on after n batches is counting: shards that were used up are not even opened.
"""

import hashlib
import io
from collections.abc import Callable, Iterator

import numpy as np
import torch
from PIL import Image
from torch.utils.data import DataLoader, IterableDataset, get_worker_info

from engagement.themes.finetune.shards import BrokenShards, Index, Kept, open_shard

MIXED = 8  # shards whose pictures are mixed: neighbours in a manifest are often alike

Look = Callable[[Image.Image], torch.Tensor]
Batch = tuple[torch.Tensor, torch.Tensor, torch.Tensor]  # pixels uint8 (n, 3, side, side), theme (n,), soft (n, themes)


def seeded(*parts: object) -> int:
    """A seed that follows from all parts, and from nothing else."""
    return int.from_bytes(hashlib.blake2b(repr(parts).encode(), digest_size=7).digest(), "big")


class Batches(IterableDataset[Batch]):
    """Batches of this process. `world` processes share the shards; `done` batches of this process were used before.

    A sample's theme is -1 where nobody knows it; its `soft` row is a teacher's, or what the theme says.
    Raises BrokenShards when there are fewer shards than streams.
    """

    def __init__(
        self,
        index: Index,
        look: Look,
        batch: int,
        *,
        seed: int,
        smoothing: float = 0.0,
        rank: int = 0,
        world: int = 1,
        workers: int = 0,
        done: int = 0,
    ) -> None:
        self.index, self.look, self.batch, self.seed, self.smoothing = index, look, batch, seed, smoothing
        self.rank, self.world, self.workers, self.done = rank, world, workers, done
        self._shards = [shard for shard in index.shards if shard.pictures]
        if (streams := world * max(1, workers)) > len(self._shards):
            raise BrokenShards(
                f"{len(self._shards)} shards cannot be divided among {streams} streams ({world} processes with "
                f"{max(1, workers)} loader workers each): take fewer workers, or write smaller shards."
            )

    def __iter__(self) -> Iterator[Batch]:
        info = get_worker_info()
        count = info.num_workers if info else 1
        # Batches come from the workers in turn, and a loader begins with worker 0; the turn was at `done`.
        turn = ((info.id if info else 0) + self.done) % count
        mine = len(range(turn, self.done, count))
        stream = self._samples(self.rank * count + turn, self.world * count, skip=mine * self.batch)
        while True:
            taken = [next(stream) for _ in range(self.batch)]
            yield (
                torch.stack([self._see(kept, number) for kept, number in taken]),
                torch.tensor([self._theme(kept) for kept, _ in taken]),
                torch.stack([self._soft(kept) for kept, _ in taken]),
            )

    def _samples(self, stream: int, streams: int, skip: int) -> Iterator[tuple[Kept, int]]:
        """(sample, round), for ever, without the first `skip`."""
        number = 0
        while True:
            order = np.random.default_rng(seeded(self.seed, "shards", number)).permutation(len(self._shards))
            mine = [self._shards[at] for at in order[stream::streams].tolist()]
            for first in range(0, len(mine), MIXED):
                some = mine[first : first + MIXED]
                if skip >= (count := sum(shard.pictures for shard in some)):
                    skip -= count
                    continue
                kept = [one for shard in some for one in open_shard(self.index.folder, shard)]
                seed = seeded(self.seed, some[0].name, number)
                for which in np.random.default_rng(seed).permutation(count)[skip:].tolist():
                    yield kept[which], number
                skip = 0
            number += 1

    def _see(self, kept: Kept, number: int) -> torch.Tensor:
        # Its own seed for every look at a picture: which worker looks, and when, changes nothing.
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seeded(self.seed, "look", kept.key, number))
            return self.look(opened(kept))

    def _theme(self, kept: Kept) -> int:
        return self.index.themes.index(kept.theme) if kept.theme in self.index.themes else -1

    def _soft(self, kept: Kept) -> torch.Tensor:
        if kept.soft:
            return torch.tensor(kept.soft, dtype=torch.float32)
        count = len(self.index.themes)
        row = torch.full((count,), self.smoothing / count)
        row[self._theme(kept)] += 1 - self.smoothing
        return row


def opened(kept: Kept) -> Image.Image:
    with Image.open(io.BytesIO(kept.jpg)) as file:
        return file.convert("RGB")


def loader(batches: Batches, *, pinned: bool = False) -> "DataLoader[Batch]":
    workers = batches.workers
    return DataLoader(
        batches,
        batch_size=None,
        num_workers=workers,
        pin_memory=pinned,
        prefetch_factor=4 if workers else None,
        worker_init_fn=_one_thread,
    )


def _one_thread(worker: int) -> None:
    torch.set_num_threads(1)  # workers that each take all cores stand in each other's way


def each_once(
    index: Index, look: Look, batch: int, rank: int = 0, world: int = 1
) -> Iterator[tuple[torch.Tensor, list[str]]]:
    """(pixels, themes) of every picture of every `world`-th shard, in order: for examining."""
    waiting: list[Kept] = []
    for shard in index.shards[rank::world]:
        for kept in open_shard(index.folder, shard):
            waiting.append(kept)
            if len(waiting) == batch:
                yield torch.stack([look(opened(one)) for one in waiting]), [one.theme for one in waiting]
                waiting = []
    if waiting:
        yield torch.stack([look(opened(one)) for one in waiting]), [one.theme for one in waiting]
