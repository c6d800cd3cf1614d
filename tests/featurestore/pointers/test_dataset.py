"""Pointers stream into torch, through its own loader and worker processes."""

from collections import Counter

import numpy as np
import pytest
import torch
from torch.utils.data import DataLoader

from featurestore.pointers.dataset import PointerDataset, picture
from featurestore.pointers.fetching import Fetcher
from featurestore.pointers.manifest import write
from featurestore.pointers.seen import Seen


def first_pixel(data: bytes) -> torch.Tensor:
    return torch.from_numpy(np.asarray(picture(data)).copy()[0, 0])


@pytest.fixture
def make_fetcher():
    return lambda: Fetcher(["127.0.0.1"], allow_private=True, seconds=1.0, retries=1, pause=0.01)


@pytest.fixture
def manifest(shop, tmp_path):
    """60 pictures; one missing, one changed, one that hangs up, one that is no picture; a line that is no pointer."""
    pointers = [shop.put(f"/{n}.png", n) for n in range(60)]
    changed = shop.put("/changed.png", 1000)
    shop.put("/changed.png", 1001)
    shop.shelf["/broken"], shop.shelf["/text"] = "hang up", b"no picture"
    pointers += [shop.pointer("/gone"), changed, shop.pointer("/broken"), shop.pointer("/text")]
    path = tmp_path / "m.jsonl"
    write(path, pointers)
    with path.open("a") as file:
        file.write("this is no pointer\n")
    return path


@pytest.mark.parametrize("workers", [0, 2])
def test_everything_that_can_be_read_is_read_once_and_the_rest_is_counted(manifest, make_fetcher, workers):
    data = PointerDataset(manifest, first_pixel, make_fetcher=make_fetcher)
    batches = list(DataLoader(data, batch_size=8, num_workers=workers))
    lines = [int(line) for batch in batches for line in batch.line]
    assert sorted(lines) == list(range(60))
    colours = {int(line): int(x[0]) for batch in batches for line, x in zip(batch.line, batch.x, strict=True)}
    assert colours == {n: n for n in range(60)}
    assert {label for batch in batches for label in batch.label} == {"space"}
    assert Counter(data.counts()) == Counter(ok=60, missing=1, changed=1, failed=1, unreadable=2)


def test_reading_goes_on_where_it_was_left_with_other_workers(manifest, make_fetcher, tmp_path, shop):
    progress = tmp_path / "seen.npz"
    data = PointerDataset(manifest, first_pixel, make_fetcher=make_fetcher)
    used = []
    for batch in DataLoader(data, batch_size=8, num_workers=2):
        used += batch.line.tolist()
        data.seen.add(batch.line)
        data.seen.save(progress)
        if len(used) >= 24:
            break  # and here it is killed
    shop.visits.clear()
    again = PointerDataset(manifest, first_pixel, make_fetcher=make_fetcher, seen=Seen.load(progress, manifest))
    rest = [sample.line for sample in again]
    assert sorted(used + rest) == list(range(60))
    assert not any(shop.visits[f"/{line}.png"] for line in used)


def test_processes_of_a_training_share_the_lines(manifest, make_fetcher):
    parts = [
        [s.line for s in PointerDataset(manifest, first_pixel, make_fetcher=make_fetcher, rank=rank, world=2)]
        for rank in (0, 1)
    ]
    assert sorted(parts[0] + parts[1]) == list(range(60))
    assert not set(parts[0]) & set(parts[1])


def test_caps_are_kept(manifest, make_fetcher, shop):
    data = PointerDataset(manifest, first_pixel, make_fetcher=make_fetcher, threads=3, limit=20)
    assert len(list(data)) == 20
    assert 1 < shop.most_at_once <= 3
