"""What a training reads is the same whoever reads it, and goes on at any place."""

from itertools import islice

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from engagement.themes.finetune.augment import OnATable, Squash, look
from engagement.themes.finetune.shards import BrokenShards
from engagement.themes.finetune.stream import Batches, loader


def batches(index, done=0, **more):
    kind = more.pop("kind", "phone")
    return Batches(index, look(kind, 16), 5, seed=3, done=done, smoothing=0.1, **more)


def same(one, other):
    return all(torch.equal(a, b) for x, y in zip(one, other, strict=True) for a, b in zip(x, y, strict=True))


@settings(max_examples=10, deadline=None)
@given(done=st.integers(0, 14), world=st.integers(1, 4), data=st.data())
def test_it_goes_on_anywhere(index, done, world, data):
    rank = data.draw(st.integers(0, world - 1))
    whole = list(islice(batches(index, rank=rank, world=world, kind="none"), done + 2))
    assert same(whole[done:], islice(batches(index, done, rank=rank, world=world, kind="none"), 2))


@pytest.mark.parametrize("done", [0, 3])
def test_loader_workers_take_turns_from_where_it_was(index, done):
    whole = list(islice(iter(loader(batches(index, workers=2))), 5))
    later = list(islice(iter(loader(batches(index, done, workers=2))), 5 - done))
    assert same(whole[done:], later)


def test_a_round_shows_every_picture_once_and_processes_share_it(index):
    def keys(rank, world, shards):
        stream = batches(index, rank=rank, world=world)._samples(rank, world, 0)
        count = sum(shard.pictures for shard in index.shards) if world == 1 else shards
        return [kept.key for kept, number in islice(stream, count) if number == 0]

    alone = keys(0, 1, 0)
    assert sorted(alone) == [f"{n:09d}" for n in range(44)]
    assert alone != sorted(alone)
    both = [keys(rank, 2, 24) for rank in (0, 1)]
    assert not set(both[0]) & set(both[1])
    assert set(both[0]) | set(both[1]) == set(alone)


def test_labels_are_softened(index):
    _, theme, soft = next(iter(batches(index)))
    assert torch.allclose(soft.sum(1), torch.ones(5))
    assert torch.equal(soft.argmax(1), theme)
    assert soft.max().item() == pytest.approx(0.95)


def test_too_few_shards_are_refused_in_a_sentence(index):
    with pytest.raises(BrokenShards, match="8 shards cannot be divided among 9 streams"):
        batches(index, world=3, workers=3)


def test_a_catalogue_picture_lands_on_a_table_and_a_photo_stays():
    torch.manual_seed(0)
    white = torch.full((3, 30, 30), 255, dtype=torch.uint8)
    white[:, 10:20, 10:20] = 40
    placed = OnATable(1.0)(white)
    assert torch.equal(placed[:, 12:18, 12:18], white[:, 12:18, 12:18])
    assert placed[:, 0].float().std() > 1
    photo = torch.randint(0, 200, (3, 30, 30), dtype=torch.uint8)
    assert torch.equal(OnATable(1.0)(photo), photo)
    assert isinstance(look("none", 8), Squash)
    with pytest.raises(ValueError, match="phone or none"):
        look("telescope", 8)
