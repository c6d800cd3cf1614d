"""Manifests: written whole, read in shards, broken lines and all."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from featurestore.pointers.manifest import Pointer, parse, read, write

DAY = date(2026, 3, 1)
POINTERS = st.builds(
    Pointer,
    label=st.text(st.characters(exclude_categories=["Cs"])),
    day=st.dates(),
    url=st.text(st.characters(exclude_categories=["Cs"]), min_size=1),
    sha256=st.sampled_from(["", "0" * 64]),
)


@given(st.lists(POINTERS, max_size=20), st.integers(1, 5))
def test_what_is_written_is_read_each_line_by_one_shard(tmp_path_factory, pointers, shards):
    path = tmp_path_factory.mktemp("manifest") / "m.jsonl"
    assert write(path, pointers) == len(pointers)
    lines = sorted(line for shard in range(shards) for line in read(path, shard, shards))
    assert [number for number, _ in lines] == list(range(len(pointers)))
    assert [pointer for _, pointer in lines] == pointers


@given(st.binary() | st.text().map(str.encode))
def test_no_line_ends_the_reading(line):
    assert parse(line) is None or isinstance(parse(line), Pointer)


@pytest.mark.parametrize(
    "line",
    [
        b"[]",
        b"null",
        b'{"url": "https://a.example/", "label": "x"}',
        b'{"url": "https://a.example/", "key": "b", "label": "x", "day": "2026-03-01"}',
        b'{"url": 1, "label": "x", "day": "2026-03-01"}',
        b'{"url": "https://a.example/", "label": "x", "day": "2026-13-01"}',
        b'{"url": "https://a.example/", "sha256": "short", "label": "x", "day": "2026-03-01"}',
        b"[" * 100_000,
    ],
)
def test_a_line_that_is_no_pointer(line):
    assert parse(line) is None


def test_a_writing_that_fails_leaves_what_was_there(tmp_path):
    path = tmp_path / "m.jsonl"
    write(path, [Pointer("a", DAY, key="1")])

    def half():
        yield Pointer("b", DAY, key="2")
        raise RuntimeError

    with pytest.raises(RuntimeError):
        write(path, half())
    assert [pointer.label for _, pointer in read(path)] == ["a"]
    assert [file.name for file in tmp_path.iterdir()] == ["m.jsonl"]
    with pytest.raises(ValueError, match="shard"):
        next(read(path, 2, 2))
