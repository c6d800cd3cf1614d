"""Shards: tar files in the webdataset form that hold what training needs of a picture, its pixels and its theme.

    shard-000000.tar     000000017.jpg, 000000017.json ({"theme": "castle"}), …: the key is the line of the manifest
    shard-000000.json    the tar's checksum, the lines it stands for, how many pictures, what became of the others
    index.json           all shards; written when all are there

A shard stands for a fixed range of the manifest's lines, not for a number of pictures. So a picture that was taken down
makes one shard smaller and moves none, and shards may be written in any order, on several machines.
"""

import hashlib
import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from webdataset.tariterators import group_by_keys, tar_file_expander

INDEX = "index.json"
FORMAT = 1


class BrokenShards(ValueError):
    """The folder is not what its index says, or has none. The message is a sentence for people."""


@dataclass(frozen=True)
class Shard:
    """`lines` is the digest of the manifest's lines that it stands for; `outcomes`: what became of them -> how many."""

    name: str
    first: int
    lines: str
    pictures: int
    bytes: int
    sha256: str
    themes: Mapping[str, int] = field(default_factory=dict)
    outcomes: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Index:
    """`themes`: slugs, in the order of a network's answers. `soft`: whether samples carry a teacher's probabilities."""

    folder: Path
    themes: tuple[str, ...]
    shards: tuple[Shard, ...]
    soft: bool = False

    @property
    def pictures(self) -> int:
        return sum(shard.pictures for shard in self.shards)

    def shares(self) -> list[float]:
        """Of each theme, its share of the pictures."""
        return [sum(shard.themes.get(slug, 0) for shard in self.shards) / self.pictures for slug in self.themes]

    def cut(self, keep: slice) -> "Index":
        return Index(self.folder, self.themes, self.shards[keep], self.soft)

    def digest(self) -> str:
        """Changes when any byte of any picture does."""
        told = [self.themes, self.soft, [(shard.name, shard.sha256) for shard in self.shards]]
        return hashlib.sha256(json.dumps(told).encode()).hexdigest()


class Kept(NamedTuple):
    """One sample as it lies in a shard: an encoded picture, its theme ("" unknown), a teacher's probabilities."""

    key: str
    jpg: bytes
    theme: str
    soft: tuple[float, ...] = ()


def write_index(folder: Path, shards: list[Shard], soft: bool = False, themes: list[str] | None = None) -> Index:
    """Themes are those of the pictures, sorted, unless given."""
    found = themes or sorted({slug for shard in shards for slug in shard.themes})
    body = {"format": FORMAT, "themes": found, "soft": soft, "shards": [asdict(shard) for shard in shards]}
    part = folder / f".{INDEX}"
    part.write_text(json.dumps(body, indent=1))
    part.replace(folder / INDEX)
    return Index(folder, tuple(found), tuple(shards), soft)


def read_index(folder: Path) -> Index:
    """Raises BrokenShards."""
    try:
        raw = json.loads((folder / INDEX).read_text())
        if raw["format"] != FORMAT:
            raise BrokenShards(f"{folder / INDEX} has the format {raw['format']}, and {FORMAT} is read.")
        shards = tuple(Shard(**shard) for shard in raw["shards"])
        index = Index(folder, tuple(raw["themes"]), shards, bool(raw["soft"]))
    except FileNotFoundError:
        raise BrokenShards(f"There is no {INDEX} in {folder}; it is written when all shards are there.") from None
    except (OSError, ValueError, KeyError, TypeError) as error:
        if isinstance(error, BrokenShards):
            raise
        raise BrokenShards(f"{folder / INDEX} cannot be read: {error}") from error
    if not index.pictures:
        raise BrokenShards(f"There is no picture in the shards of {folder}.")
    return index


def open_shard(folder: Path, shard: Shard) -> list[Kept]:
    """All samples of a shard, in the order of its lines. Raises BrokenShards when it is another file than was written.

    Read whole: one long read is what disks and buckets do best, and a checksum and a shuffle need all of it anyway.
    """
    try:
        raw = (folder / shard.name).read_bytes()
    except OSError as error:
        raise BrokenShards(f"The shard {folder / shard.name} cannot be read: {error.strerror}.") from error
    if hashlib.sha256(raw).hexdigest() != shard.sha256:
        raise BrokenShards(f"The shard {folder / shard.name} is not what its index says.")
    return list(_samples(raw, shard.name))


def _samples(raw: bytes, name: str) -> Iterator[Kept]:
    # The stream is opened here, so webdataset's own ways to open addresses are never used.
    files = tar_file_expander([{"url": name, "stream": io.BytesIO(raw)}])
    for sample in group_by_keys(files):
        said: dict[str, Any] = json.loads(sample["json"])
        yield Kept(sample["__key__"], sample["jpg"], said["theme"], tuple(said.get("soft", ())))
