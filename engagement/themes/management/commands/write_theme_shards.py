"""Make shards for training from a manifest of pointers."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm

from engagement.themes.actions import shape
from engagement.themes.finetune.shards import INDEX, Shard, write_index
from engagement.themes.finetune.writing import SIDE, Named, from_manifest, ranges, ready
from featurestore.pointers.fetching import Fetcher


class Command(BaseCommand):
    help = (
        "Read the pictures that a manifest points to while they are there, and write them, small and without metadata, "
        "into tar shards in the order of its lines. Stopped and started again it goes on where it was."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("manifest", type=Path, help="a pointer manifest, one JSON object a line")
        parser.add_argument("out", type=Path, help="folder of the shards")
        parser.add_argument("--lines", type=int, default=1000, help="of the manifest in a shard (1000)")
        parser.add_argument("--side", type=int, default=SIDE, help=f"pixels of the shorter side ({SIDE})")
        parser.add_argument("--threads", type=int, default=8, help="fetches at once (8)")
        parser.add_argument("--part", default="1/1", help="K/N: this process writes every N-th shard, from the K-th on")

    def handle(self, *args: Any, **options: Any) -> None:
        path, out = options["manifest"], options["out"]
        try:
            k, n = map(int, options["part"].split("/"))
            if not 1 <= k <= n or min(options["lines"], options["side"], options["threads"]) < 1:
                raise ValueError
        except ValueError:
            raise CommandError("--part is K/N with 1 <= K <= N; --lines, --side and --threads are 1 or more.") from None
        try:
            with path.open("rb") as file:
                count = sum(1 for _ in file)
        except OSError as error:
            raise CommandError(f"{path} cannot be read: {error.strerror}.") from error
        shards = -(-count // options["lines"])
        fetcher = Fetcher()
        written = from_manifest(
            path,
            out,
            fetcher.fetch,
            _named(),
            patience=fetcher.longest,
            size=options["lines"],
            side=options["side"],
            threads=options["threads"],
            part=(k - 1, n),
        )
        outcomes: Counter[str] = Counter()
        new = 0
        mine = len(range(k - 1, shards, n))
        for shard, now in tqdm(written, total=mine, unit="shard", disable=None):
            outcomes.update(shard.outcomes)
            new += now
        told: dict[str, Any] = {"shards": mine, "written_now": new, "outcomes": dict(outcomes)}
        there = _all(path, out, options)
        if there is None:
            told["index"] = "not yet: shards of other parts are missing"
        else:
            index = write_index(out, there)
            told |= {"index": str(out / INDEX), "pictures": index.pictures, "themes": list(index.themes)}
        self.stdout.write(json.dumps(told))


def _named() -> Named:
    """A label's theme today: its heir when it was merged, None when it was split, retired or never one."""
    now = shape()

    def named(label: str) -> str | None:
        try:
            means = now.leaves(label)
        except KeyError:
            return None
        return next(iter(means)) if len(means) == 1 else None

    return named


def _all(path: Path, out: Path, options: dict[str, Any]) -> list[Shard] | None:
    """Every shard of this manifest, or None while one is missing or is of another manifest."""
    found = [ready(out, number, digest) for number, digest, _ in ranges(path, options["lines"], options["side"])]
    return [shard for shard in found if shard] if all(found) else None
