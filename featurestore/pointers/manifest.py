"""The manifest of a pointer data set: one JSON object a line, in UTF-8.

    {"url": "https://cdn.example.com/a.jpg", "label": "space", "sha256": "9f86…", "day": "2026-03-01"}
    {"key": "creations/2f/a.jpg", "label": "castle", "sha256": "", "day": "2026-03-01"}

`url` or `key` (a file of the default storage), not both. `sha256` is that of the bytes as they were when the label was
given; "" where nobody looked. A line that cannot be read is a broken pointer, not the end of the reading.
"""

import json
import os
import re
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

_SHA256 = re.compile(r"[0-9a-f]{64}|")


@dataclass(frozen=True)
class Pointer:
    """Where one labelled picture or text lies. Raises ValueError for what no line may say."""

    label: str
    day: date
    url: str = ""
    key: str = ""
    sha256: str = ""

    def __post_init__(self) -> None:
        if bool(self.url) == bool(self.key):
            raise ValueError("a pointer has either a url or a key")
        if not _SHA256.fullmatch(self.sha256):
            raise ValueError("sha256 is 64 lower-case hexadecimal digits, or empty")


def write(path: Path, pointers: Iterable[Pointer]) -> int:
    """Write a manifest, as a whole or not at all. Returns the number of lines."""
    path.parent.mkdir(parents=True, exist_ok=True)
    count = 0
    with tempfile.NamedTemporaryFile("w", dir=path.parent, prefix=".manifest-", delete=False, encoding="utf-8") as file:
        try:
            for pointer in pointers:
                row = {name: value for name, value in asdict(pointer).items() if value != ""}
                file.write(json.dumps(row | {"day": pointer.day.isoformat()}, ensure_ascii=False) + "\n")
                count += 1
        except BaseException:
            os.unlink(file.name)
            raise
    os.chmod(file.name, 0o644)
    os.replace(file.name, path)
    return count


def read(path: Path, shard: int = 0, shards: int = 1) -> Iterator[tuple[int, Pointer | None]]:
    """(line number from 0, pointer) of every `shards`-th line, from line `shard` on; None for one that cannot be read.

    Streams: a manifest may be larger than memory.
    """
    if not 0 <= shard < shards:
        raise ValueError(f"shard {shard} of {shards}")
    with path.open("rb") as file:
        for number, line in enumerate(file):
            if number % shards == shard and line.strip():
                yield number, parse(line)


def parse(line: bytes) -> Pointer | None:
    try:
        row = json.loads(line)
        texts = {name: row.get(name, "") for name in ("label", "url", "key", "sha256")}
        if not all(isinstance(text, str) for text in texts.values()):
            return None
        return Pointer(day=date.fromisoformat(row["day"]), **texts)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None
