"""Writes shards: from the pointers of a manifest, or from pictures that are already here.

Of a picture its pixels are kept, made smaller and encoded anew without metadata (a phone writes place, time and owner
into a picture), and its theme. No address, no author, no day.
"""

import hashlib
import io
import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict
from itertools import groupby
from pathlib import Path

from PIL import Image, ImageOps
from webdataset import TarWriter

from engagement.themes.finetune.shards import Index, Kept, Shard, write_index
from featurestore.pointers import manifest
from featurestore.pointers.fetching import Fetched, Outcome
from featurestore.pointers.manifest import Pointer
from featurestore.pointers.reading import read_ahead

SIDE = 288  # pixels of the shorter side that is kept: what a network of 224 to 260 needs, and a little to cut from
QUALITY = 90
NO_THEME = "no_theme"  # the label is no theme of today's taxonomy
MOST_PIXELS = 50_000_000

Named = Callable[[str], str | None]


def shrunk(picture: Image.Image, side: int = SIDE) -> bytes:
    """JPEG of the upright picture, without metadata; its shorter side is at most `side`."""
    upright = ImageOps.exif_transpose(picture).convert("RGB")
    scale = side / min(upright.size)
    if scale < 1:
        size = (max(1, round(upright.width * scale)), max(1, round(upright.height * scale)))
        upright = upright.resize(size, Image.Resampling.BICUBIC, reducing_gap=2.0)
    clean = Image.new("RGB", upright.size)  # a new picture carries none of the old one's `info`
    clean.paste(upright)
    out = io.BytesIO()
    clean.save(out, "JPEG", quality=QUALITY)
    return out.getvalue()


def read(data: bytes, side: int = SIDE) -> bytes:
    """`shrunk` of an encoded picture. Raises for what is no picture or is far too large."""
    with Image.open(io.BytesIO(data)) as opened:
        if opened.width * opened.height > MOST_PIXELS:
            raise ValueError("too many pixels")
        opened.draft("RGB", (2 * side, 2 * side))  # a JPEG's decoder can skip what would be thrown away
        return shrunk(opened, side)


def write_shard(folder: Path, number: int, first: int, lines: str, kept: Iterable[Kept], outcomes: Counter) -> Shard:
    """Write one shard and its sheet: the same bytes of the same samples. `outcomes` is read after `kept` has ended."""
    name = f"shard-{number:06d}.tar"
    part = folder / f".{name}"
    themes: Counter[str] = Counter()
    with part.open("wb") as file, TarWriter(file, encoder=False, mtime=0.0) as tar:
        for sample in kept:
            said: dict[str, object] = {"theme": sample.theme}
            if sample.soft:
                said["soft"] = list(sample.soft)
            tar.write({"__key__": sample.key, "jpg": sample.jpg, "json": json.dumps(said).encode()})
            themes[sample.theme] += 1
    raw = part.read_bytes()
    shard = Shard(
        name=name,
        first=first,
        lines=lines,
        pictures=themes.total(),
        bytes=len(raw),
        sha256=hashlib.sha256(raw).hexdigest(),
        themes=dict(sorted(themes.items())),
        outcomes=dict(sorted(outcomes.items())),
    )
    part.replace(folder / name)
    # The sheet comes last: a shard without one is written again.
    sheet = folder / f".{name}.json"
    sheet.write_text(json.dumps(asdict(shard)))
    sheet.replace((folder / name).with_suffix(".json"))
    return shard


def ready(folder: Path, number: int, lines: str) -> Shard | None:
    """The shard of that number when it is there, of the right size, and stands for the same lines."""
    path = folder / f"shard-{number:06d}.tar"
    try:
        shard = Shard(**json.loads(path.with_suffix(".json").read_text()))
        return shard if shard.lines == lines and path.stat().st_size == shard.bytes else None
    except (OSError, ValueError, TypeError):
        return None


def from_manifest(
    path: Path,
    folder: Path,
    fetch: Callable[[Pointer], Fetched],
    named: Named,
    *,
    patience: float,
    size: int,
    side: int = SIDE,
    threads: int = 8,
    part: tuple[int, int] = (0, 1),
) -> Iterator[tuple[Shard, bool]]:
    """Write shard after shard; yields (shard, whether it was written now). `part` (k, n): every n-th shard from k on.

    `named` gives the theme that a label means today, or None. `size`: lines a shard.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for number, digest, lines in ranges(path, size, side):
        if number % part[1] != part[0]:
            continue
        if (there := ready(folder, number, digest)) is not None:
            yield there, False
            continue
        pointers = [(number * size + at, manifest.parse(line)) for at, line in enumerate(lines) if line.strip()]
        outcomes: Counter[str] = Counter()
        kept = _kept(pointers, fetch, named, outcomes, patience=patience, side=side, threads=threads)
        yield write_shard(folder, number, number * size, digest, kept, outcomes), True


def ranges(path: Path, size: int, side: int = SIDE) -> Iterator[tuple[int, str, list[bytes]]]:
    """(number, digest, lines) of the manifest's shards. The digest: of the lines, and of how pictures are kept."""
    with path.open("rb") as file:
        for number, numbered in groupby(enumerate(file), key=lambda pair: pair[0] // size):
            lines = [line for _, line in numbered]
            yield number, hashlib.sha256(json.dumps([side, QUALITY]).encode() + b"".join(lines)).hexdigest(), lines


def _kept(
    pointers: Iterable[tuple[int, Pointer | None]],
    fetch: Callable[[Pointer], Fetched],
    named: Named,
    outcomes: Counter,
    *,
    patience: float,
    side: int,
    threads: int,
) -> Iterator[Kept]:
    wanted = []
    for line, pointer in pointers:
        if pointer is not None and named(pointer.label) is None:
            outcomes[NO_THEME] += 1
        else:
            wanted.append((line, pointer))
    for line, pointer, got in read_ahead(wanted, fetch, threads=threads, ahead=4 * threads, patience=patience):
        outcome = got.outcome
        if outcome is Outcome.OK and pointer is not None:
            try:
                jpg = read(got.data, side)
            except Exception:  # whatever a decoder raises, the bytes are not what it reads
                outcome = Outcome.UNREADABLE
            else:
                outcomes[str(outcome)] += 1
                yield Kept(f"{line:09d}", jpg, named(pointer.label) or "")
                continue
        outcomes[str(outcome)] += 1


def from_samples(samples: Iterable[Kept], folder: Path, size: int, *, soft: bool = False, themes: list[str]) -> Index:
    """Shards, and their index, of samples that are already here; `size` samples a shard."""
    folder.mkdir(parents=True, exist_ok=True)
    shards = []
    for number, numbered in groupby(enumerate(samples), key=lambda pair: pair[0] // size):
        kept = [sample for _, sample in numbered]
        shards.append(write_shard(folder, number, number * size, "", kept, Counter(ok=len(kept))))
    return write_index(folder, shards, soft, themes)
