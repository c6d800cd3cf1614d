"""One process or many: bare, or started by torchrun on one machine or several."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import torch
from torch import distributed as dist


@dataclass(frozen=True)
class Crew:
    """This process among `world`. Every method is called by all of them, or by none."""

    rank: int
    world: int
    device: torch.device
    # Words between processes go by their own way: on NCCL's they would wait for all that the GPU still has to do.
    words: Any = None

    @property
    def first(self) -> bool:
        return self.rank == 0

    def agree(self, yes: bool) -> bool:
        """What the first process says: clocks differ, and all must do the same."""
        if self.world == 1:
            return yes
        said = torch.tensor([int(yes)])
        dist.broadcast(said, 0, group=self.words)
        return bool(said.item())

    def gather(self, mine: Any) -> list[Any]:
        """Everybody's, by rank."""
        if self.world == 1:
            return [mine]
        found: list[Any] = [None] * self.world
        dist.all_gather_object(found, mine, group=self.words)
        return found


@contextmanager
def crew(threads: int) -> Iterator[Crew]:
    """Deterministic from here on: the same numbers in the same order, whatever is faster."""
    os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
    world, rank = int(os.environ.get("WORLD_SIZE", "1")), int(os.environ.get("RANK", "0"))
    local = int(os.environ.get("LOCAL_RANK", "0"))
    device = torch.device("cuda", local) if torch.cuda.is_available() else torch.device("cpu")
    before = torch.get_num_threads(), torch.are_deterministic_algorithms_enabled()
    torch.set_num_threads(threads)
    torch.use_deterministic_algorithms(True)
    torch.backends.cudnn.benchmark = False
    if device.type == "cuda":
        torch.cuda.set_device(device)
    if world > 1:
        dist.init_process_group("nccl" if device.type == "cuda" else "gloo", timeout=timedelta(minutes=30))
    try:
        yield Crew(rank, world, device, dist.new_group(backend="gloo") if world > 1 else None)
    finally:
        if world > 1:
            dist.destroy_process_group()
        torch.set_num_threads(before[0])
        torch.use_deterministic_algorithms(before[1])
